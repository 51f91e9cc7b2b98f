// An event and its trace as far as they are known: from the traces of this process and from Postgres.

import type { Pool } from '../db/pool.ts';
import type { EventContext, ShopEvent } from '../events/event.ts';
import { findEvent } from './find-event.ts';
import type { Trace } from './trace.ts';
import { type Traces, toTrace } from './traces.ts';

/** Times are ISO 8601; null where a hop has not happened, or nobody remembers when it did. */
export type EventHops = {
  readonly received_at: string | null;
  readonly acknowledged_at: string | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: string | null;
  readonly stored_at: string | null;
};

export type KnownEvent = {
  readonly event: Omit<ShopEvent, 'context'>;
  readonly context: EventContext | null;
  readonly hops: EventHops;
  /** For the page; null for a row that was loaded from a file. */
  readonly trace: Trace | null;
};

/** Undefined where neither this process nor Postgres knows the event. */
export async function findKnownEvent(
  pool: Pool,
  traces: Traces,
  orderId: string,
): Promise<KnownEvent | undefined> {
  const hops = traces.find(orderId);
  if (hops?.storedAt !== undefined) return fromMemory(hops.event, toTrace(hops));
  const stored = await findEvent(pool, orderId).catch((error) => {
    // Without Postgres the answer has what this process knows.
    if (hops === undefined) throw error;
    return undefined;
  });
  if (stored !== undefined) return fromPostgres(stored, hops === undefined ? null : toTrace(hops));
  return hops === undefined ? undefined : fromMemory(hops.event, toTrace(hops));
}

/** Of a row that was loaded from a file. */
const NO_HOPS: EventHops = {
  received_at: null,
  acknowledged_at: null,
  topic: null,
  partition: null,
  offset: null,
  stored_at: null,
};

const after = (from: string, ms: number | undefined) =>
  ms === undefined ? null : new Date(Date.parse(from) + ms).toISOString();

function fromMemory({ context = {}, ...event }: ShopEvent, trace: Trace): KnownEvent {
  const { received_at, kafka, postgres } = trace;
  return {
    event,
    context,
    trace,
    hops: {
      received_at,
      acknowledged_at: after(received_at, kafka?.ms),
      topic: kafka?.topic ?? null,
      partition: kafka?.partition ?? null,
      offset: kafka?.offset ?? null,
      stored_at: after(received_at, postgres?.ms),
    },
  };
}

type Row = NonNullable<Awaited<ReturnType<typeof findEvent>>>;

/** The dataset's columns of a row, as on the wire. */
function toEvent({
  order_id,
  user_id,
  page_id,
  product,
  site_version,
  time,
  title,
  target,
}: Row): KnownEvent['event'] {
  const bit = target === 1 ? 1 : 0;
  return { order_id, user_id, page_id, product, site_version, time: time.toISOString(), title, target: bit };
}

function fromPostgres(row: Row, trace: Trace | null): KnownEvent {
  const event = toEvent(row);
  const { topic, partition, offset, appended_at: appended, stored_at: stored, context } = row;
  if (topic === null || partition === null || offset === null || appended === null || stored === null) {
    return { event, context, trace, hops: NO_HOPS };
  }
  const received = context?.received_at ?? event.time;
  const since = (at: Date) => Math.max(0, at.getTime() - Date.parse(received));
  const kafka = { topic, partition, offset: String(offset) };
  const rebuilt: Trace = {
    order_id: event.order_id,
    title: event.title,
    product: event.product,
    received_at: received,
    robot: context?.bot === true,
    lost: null,
    kafka: { ...kafka, ms: since(appended) },
    postgres: { ms: since(stored) },
    chart: null,
  };
  return {
    event,
    context,
    trace: trace?.kafka ? { ...trace, postgres: trace.postgres ?? rebuilt.postgres } : rebuilt,
    hops: {
      received_at: received,
      acknowledged_at: appended.toISOString(),
      ...kafka,
      stored_at: stored.toISOString(),
    },
  };
}
