// What the stations of a trace say: when an event was received, where it lies in Kafka, that it is a row, that a chart counts it.

/** @typedef {import('../../src/tracing/trace.ts').Trace} Trace */
/** @typedef {Pick<Trace, 'received_at' | 'kafka' | 'postgres' | 'chart' | 'lost'> & Partial<Pick<Trace, 'robot'>>} Progress */
/** @typedef {{ name: string, fact: string, took: string | undefined }} Station `took`: since the station before, as "+4 ms"; undefined of the first */

/**
 * The stations that the event has reached, in their order.
 * @param {Progress} trace
 * @returns {Station[]}
 */
export function stationsOf({ received_at: received, kafka, postgres, chart, robot }) {
  let before = 0;
  const reached = [
    kafka && { name: 'kafka', fact: `partition ${kafka.partition}, offset ${kafka.offset}`, ms: kafka.ms },
    postgres && { name: 'postgres', fact: 'one row', ms: postgres.ms },
    chart && { name: 'chart', fact: robot ? 'left out' : 'counted', ms: chart.ms },
  ].filter((one) => one !== null);
  return [
    { name: 'received', fact: received.slice(11, 23), took: undefined },
    ...reached.map(({ name, fact, ms }) => {
      const took = `+${Math.round((ms - before) * 10) / 10} ms`;
      before = ms;
      return { name, fact, took };
    }),
  ];
}

/**
 * How far an event has come, by its hops; undefined where it is not known to have been received.
 * @param {import('../../src/tracing/known-event.ts').KnownEvent['hops']} hops
 * @returns {Progress | undefined}
 */
export function progressOf(hops) {
  const { received_at: received, acknowledged_at: acknowledged, stored_at: stored } = hops;
  const { topic, partition, offset } = hops;
  if (received === null) return undefined;
  /** Milliseconds since the event was received; 0 of a moment that was not noted. @param {string | null} at */
  const since = (at) => Math.max(0, Date.parse(at ?? received) - Date.parse(received));
  const isInKafka = topic !== null && partition !== null && offset !== null;
  return {
    received_at: received,
    lost: null,
    kafka: isInKafka ? { topic, partition, offset, ms: since(acknowledged) } : null,
    postgres: stored === null ? null : { ms: since(stored) },
    chart: null,
  };
}
