// Kafka records → what a transaction will write: events, and messages set aside with their reasons. Pure.

import type { ShopEvent } from '../events/event.ts';
import { parseEventBytes, type Rejection } from '../events/parse.ts';

export type KafkaRecord = {
  readonly offset: bigint;
  /** Milliseconds since the epoch, set by the producer or by the broker. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};

export type RecordBatch = {
  readonly partition: number;
  readonly records: readonly KafkaRecord[];
  /** Why Postgres refuses every one of these records: all are set aside. */
  readonly unstorable?: string;
};

export type LiveEvent = { readonly event: ShopEvent; readonly offset: bigint; readonly appendedAt: number };

export type DeadLetter = { readonly record: KafkaRecord; readonly rejection: Rejection };

export type ParsedBatch = {
  readonly partition: number;
  /** Each order_id once, its first record. */
  readonly events: readonly LiveEvent[];
  /** Records of an order_id that came earlier in the same batch. */
  readonly repeated: number;
  readonly deadLetters: readonly DeadLetter[];
};

/** Sorts the records of one partition into events and dead letters. Never throws. */
export function parseBatch({ partition, records, unstorable }: RecordBatch): ParsedBatch {
  const events = new Map<string, LiveEvent>();
  const deadLetters: DeadLetter[] = [];
  let repeated = 0;
  for (const record of records) {
    const parsed = unstorable === undefined ? parseEventBytes(record.value) : refused(unstorable);
    if (!parsed.ok) deadLetters.push({ record, rejection: parsed.rejection });
    else if (events.has(parsed.event.order_id)) repeated += 1;
    else {
      const { event } = parsed;
      events.set(event.order_id, { event, offset: record.offset, appendedAt: record.timestamp });
    }
  }
  return { partition, events: [...events.values()], repeated, deadLetters };
}

const refused = (reason: string) => ({ ok: false, rejection: { code: 'unstorable', reason } }) as const;
