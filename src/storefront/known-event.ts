// An event and its way as far as it is known: from the traces of this process and from Postgres.

import type { Pool } from '../db/pool.ts';
import type { EventContext, ShopEvent } from '../events/event.ts';
import { findEvent } from './find-event.ts';
import type { Trace } from './page-models.ts';
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
  /** For the page; null for an event without a beginning that anybody saw. */
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
    // What this process knows is worth an answer, even while Postgres is away.
    if (hops === undefined) throw error;
    return undefined;
  });
  if (stored !== undefined) return fromPostgres(stored, hops === undefined ? null : toTrace(hops));
  return hops === undefined ? undefined : fromMemory(hops.event, toTrace(hops));
}

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

function fromPostgres(
  { event: row, live }: NonNullable<Awaited<ReturnType<typeof findEvent>>>,
  trace: Trace | null,
): KnownEvent {
  const event = { ...row, time: row.time.toISOString() } as KnownEvent['event'];
  if (live === null) {
    const none = { acknowledged_at: null, topic: null, partition: null, offset: null };
    return { event, context: null, trace, hops: { received_at: null, ...none, stored_at: null } };
  }
  const received = live.context.received_at ?? event.time;
  const since = (at: Date) => Math.max(0, at.getTime() - Date.parse(received));
  const kafka = { topic: live.topic, partition: live.partition, offset: String(live.offset) };
  return {
    event,
    context: live.context,
    trace: trace?.kafka
      ? { ...trace, postgres: trace.postgres ?? { ms: since(live.stored_at) } }
      : {
          order_id: event.order_id,
          title: event.title,
          product: event.product,
          received_at: received,
          lost: null,
          kafka: { ...kafka, ms: since(live.appended_at) },
          postgres: { ms: since(live.stored_at) },
          chart: null,
        },
    hops: {
      received_at: received,
      acknowledged_at: live.appended_at.toISOString(),
      ...kafka,
      stored_at: live.stored_at.toISOString(),
    },
  };
}
