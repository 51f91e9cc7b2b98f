// How far each recent event of this process has come: received, in Kafka, in Postgres, on the chart. Kept in memory for
// the newest events only; Postgres has the lasting part.

import type { ShopEvent } from '../events/event.ts';
import type { Acknowledgement } from '../kafka/publisher.ts';
import type { Trace } from './trace.ts';

const MOST_OF_A_GENERATION = 10_000;
const MOST_PER_VISITOR = 20;

export type Hops = {
  readonly event: ShopEvent;
  /** All in milliseconds since the epoch. */
  readonly receivedAt: number;
  acknowledgement: Acknowledgement | undefined;
  storedAt: number | undefined;
  chartedAt: number | undefined;
  lost: string | undefined;
};

/** Called at every step; milliseconds since the event was received. */
export type TraceObserver = {
  acknowledged(ms: number): void;
  stored(ms: number): void;
  charted(ms: number): void;
};

/** Consecutive traces, which are forgotten together: to evict them one by one would cost more than to begin them. */
class Generation {
  readonly byOrder = new Map<string, Hops>();
  /** Newest first. */
  readonly byVisitor = new Map<string, Hops[]>();

  add(hops: Hops): void {
    const { order_id, user_id } = hops.event;
    this.byOrder.set(order_id, hops);
    const others = this.byVisitor.get(user_id);
    if (others === undefined) this.byVisitor.set(user_id, [hops]);
    else if (others.unshift(hops) > MOST_PER_VISITOR) others.pop();
  }

  delete({ event }: Hops): void {
    this.byOrder.delete(event.order_id);
    const others = this.byVisitor.get(event.user_id) ?? [];
    const left = others.filter((one) => one.event.order_id !== event.order_id);
    if (left.length > 0) this.byVisitor.set(event.user_id, left);
    else this.byVisitor.delete(event.user_id);
  }

  has({ event }: Hops): boolean {
    return this.byOrder.has(event.order_id);
  }
}

export class Traces {
  readonly #observer: TraceObserver | undefined;
  #young = new Generation();
  #old = new Generation();
  /** Acknowledged, and not known to be stored yet: by partition, in the order of their offsets. */
  readonly #inKafka = new Map<number, Set<Hops>>();
  /** How far each partition is stored: ingest may commit a record before the producer has read its acknowledgement. */
  readonly #storedTo = new Map<number, { readonly next: bigint; readonly at: number }>();
  /** Stored, and not on the chart yet. */
  #inPostgres = new Set<Hops>();
  readonly #watchers = new Map<string, Set<(trace: Trace) => void>>();

  constructor(observer?: TraceObserver) {
    this.#observer = observer;
  }

  /** Begins the trace of an event that was just received. */
  begin(event: ShopEvent, receivedAt: number): Hops {
    const hops: Hops = {
      event,
      receivedAt,
      acknowledgement: undefined,
      storedAt: undefined,
      chartedAt: undefined,
      lost: undefined,
    };
    // Only the first event with an order_id is stored: a repeated one has no trace of its own.
    const earlier = this.find(event.order_id);
    if (earlier !== undefined && earlier.lost === undefined) return hops;
    if (earlier !== undefined) for (const generation of [this.#young, this.#old]) generation.delete(earlier);
    if (this.#young.byOrder.size === MOST_OF_A_GENERATION) this.#forgetOld();
    this.#young.add(hops);
    this.#tell(hops);
    return hops;
  }

  acknowledged(hops: Hops, acknowledgement: Acknowledgement): void {
    hops.acknowledgement = acknowledgement;
    this.#observer?.acknowledged(passed(hops, acknowledgement.at));
    this.#tell(hops);
    const { partition, offset } = acknowledgement;
    const stored = this.#storedTo.get(partition);
    if (stored !== undefined && offset < stored.next) {
      this.#store(hops, stored.at);
      return;
    }
    const waiting = this.#inKafka.get(partition) ?? new Set();
    this.#inKafka.set(partition, waiting.add(hops));
  }

  lost(hops: Hops, reason: string): void {
    hops.lost = reason;
    this.#tell(hops);
  }

  /** Every record of the partition before `next` is in Postgres. */
  stored(partition: number, next: bigint, at: number): void {
    this.#storedTo.set(partition, { next, at });
    const waiting = this.#inKafka.get(partition);
    if (waiting === undefined) return;
    for (const hops of waiting) {
      if (hops.acknowledgement === undefined || hops.acknowledgement.offset >= next) return;
      waiting.delete(hops);
      this.#store(hops, at);
    }
  }

  /** Takes what is in Postgres now; to be given to charted() once the chart shows it. */
  takeStored(): ReadonlySet<Hops> {
    const taken = this.#inPostgres;
    this.#inPostgres = new Set();
    return taken;
  }

  charted(taken: ReadonlySet<Hops>, at: number): void {
    for (const hops of taken) {
      hops.chartedAt = at;
      this.#observer?.charted(passed(hops, at));
      this.#tell(hops);
    }
  }

  find(orderId: string): Hops | undefined {
    return this.#young.byOrder.get(orderId) ?? this.#old.byOrder.get(orderId);
  }

  /** Every event that is remembered and that Kafka has acknowledged, by order_id. */
  acknowledgements(): Map<string, Acknowledgement> {
    const all = [this.#old, this.#young].flatMap(({ byOrder }) => [...byOrder.values()]);
    return new Map(
      all.flatMap(({ event, acknowledgement }) =>
        acknowledgement === undefined ? [] : [[event.order_id, acknowledgement]],
      ),
    );
  }

  /** The visitor's newest events, newest first. */
  recent(userId: string, most: number): Trace[] {
    const ofVisitor = [this.#young, this.#old].flatMap(({ byVisitor }) => byVisitor.get(userId) ?? []);
    return ofVisitor.slice(0, Math.min(most, MOST_PER_VISITOR)).map(toTrace);
  }

  /** Calls `watcher` whenever an event of the visitor moves on, until the returned function is called. */
  watch(userId: string, watcher: (trace: Trace) => void): () => void {
    const watchers = this.#watchers.get(userId) ?? new Set();
    this.#watchers.set(userId, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(userId) === watchers) this.#watchers.delete(userId);
    };
  }

  #store(hops: Hops, at: number): void {
    hops.storedAt = at;
    this.#observer?.stored(passed(hops, at));
    this.#inPostgres.add(hops);
    this.#tell(hops);
  }

  #tell(hops: Hops): void {
    if (this.#watchers.size === 0) return;
    const watchers = this.#watchers.get(hops.event.user_id);
    if (watchers === undefined) return;
    const trace = toTrace(hops);
    for (const watcher of watchers) watcher(trace);
  }

  #forgetOld(): void {
    this.#old = this.#young;
    this.#young = new Generation();
    // While Postgres is away, they would stay for ever.
    for (const waiting of [this.#inPostgres, ...this.#inKafka.values()])
      for (const hops of waiting) if (!this.#old.has(hops)) waiting.delete(hops);
  }
}

/** Milliseconds from the request to a step; none, where the clock was set back meanwhile. */
const passed = ({ receivedAt }: Hops, at: number): number => Math.max(0, at - receivedAt);

/** As the trace bar shows it. */
export function toTrace(hops: Hops): Trace {
  const { event, receivedAt, acknowledgement, storedAt, chartedAt, lost } = hops;
  return {
    order_id: event.order_id,
    title: event.title,
    product: event.product,
    received_at: new Date(receivedAt).toISOString(),
    robot: event.context?.bot === true,
    lost: lost ?? null,
    kafka:
      acknowledgement === undefined
        ? null
        : {
            topic: acknowledgement.topic,
            partition: acknowledgement.partition,
            offset: acknowledgement.offset.toString(),
            ms: passed(hops, acknowledgement.at),
          },
    postgres: storedAt === undefined ? null : { ms: passed(hops, storedAt) },
    chart: chartedAt === undefined ? null : { ms: passed(hops, chartedAt) },
  };
}
