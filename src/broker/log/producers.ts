// The state of a partition's idempotent producers (KIP-98): epoch and last five batches of each, by which a repeated batch is
// recognised and a gap in the sequence is refused. An unknown producer may start at any sequence, as in Apache Kafka, since
// its state may have been removed with the retention.

import { ErrorCode } from '../wire/error-codes.ts';
import { type BatchHeader, isControl } from './record-batch.ts';

const REMEMBERED_BATCHES = 5; // max.in.flight.requests.per.connection of an idempotent producer
const MAX_PRODUCERS = 10_000; // per partition; the least recently used is removed first
const SEQUENCES = 2 ** 31;

type SeenBatch = {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
};

export type ProducerState = {
  readonly producerId: number;
  readonly epoch: number;
  /** Time of the last append, ms. */
  readonly at: number;
  readonly batches: readonly SeenBatch[];
};

export type Verdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly baseOffset: number }
  | { readonly kind: 'refuse'; readonly error: ErrorCode };

export const APPEND: Verdict = { kind: 'append' };
const refuse = (error: ErrorCode): Verdict => ({ kind: 'refuse', error });

function lastSequence(header: BatchHeader): number {
  return (header.baseSequence + header.records - 1) % SEQUENCES;
}

/** The verdict on a batch from a producer in this state, or from an unknown one. */
export function judge(state: ProducerState | undefined, header: BatchHeader): Verdict {
  if (header.baseSequence < 0) return refuse(ErrorCode.INVALID_RECORD);
  if (state === undefined) return APPEND;
  if (header.producerEpoch < state.epoch) return refuse(ErrorCode.INVALID_PRODUCER_EPOCH);
  if (header.producerEpoch > state.epoch) {
    return header.baseSequence === 0 ? APPEND : refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }
  const last = lastSequence(header);
  const seen = state.batches.find((b) => b.firstSequence === header.baseSequence && b.lastSequence === last);
  if (seen) return { kind: 'duplicate', baseOffset: seen.baseOffset };
  const expected = ((state.batches.at(-1)?.lastSequence ?? -1) + 1) % SEQUENCES;
  return header.baseSequence === expected ? APPEND : refuse(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
}

function remember(state: ProducerState | undefined, header: BatchHeader, at: number): ProducerState {
  const batch = {
    firstSequence: header.baseSequence,
    lastSequence: lastSequence(header),
    baseOffset: header.baseOffset,
  };
  const known = state?.epoch === header.producerEpoch ? state.batches : [];
  // A marker has no sequence; one with a later epoch fences the producer.
  if (isControl(header))
    return { producerId: header.producerId, epoch: header.producerEpoch, at, batches: known };
  const earlier = known.slice(1 - REMEMBERED_BATCHES);
  return { producerId: header.producerId, epoch: header.producerEpoch, at, batches: [...earlier, batch] };
}

export class Producers {
  #states = new Map<number, ProducerState>();

  get(producerId: number): ProducerState | undefined {
    return this.#states.get(producerId);
  }

  /** Records an appended batch. `at` is its time in ms. */
  append(header: BatchHeader, at: number): void {
    if (header.producerId < 0) return;
    const next = remember(this.#states.get(header.producerId), header, at);
    this.#states.delete(header.producerId); // to the end: the map's order is the order of last use
    this.#states.set(header.producerId, next);
    if (this.#states.size > MAX_PRODUCERS) {
      for (const oldest of this.#states.keys()) {
        this.#states.delete(oldest);
        break;
      }
    }
  }

  /** Removes producers without an append since `since`, ms. */
  expire(since: number): void {
    for (const state of this.#states.values()) {
      if (state.at < since) this.#states.delete(state.producerId);
    }
  }

  /** All states, least recently used first, for a segment's seal. */
  snapshot(): ProducerState[] {
    return [...this.#states.values()];
  }

  restore(states: readonly ProducerState[]): void {
    this.#states = new Map(states.map((state) => [state.producerId, state]));
  }
}
