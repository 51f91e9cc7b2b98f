// Kafka records → what a transaction will write: events, and messages set aside with their reasons. Pure.

import { parseEventBytes, type Rejection } from '../events/parse.ts';
import { readWire, type WireEvent } from '../events/wire.ts';
import { type Kind, kindOf } from './kinds.ts';

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

/** An event as far as its row and the rollups need it. */
export type LiveEvent = {
  readonly order_id: string;
  readonly user_id: string;
  readonly page_id: string;
  readonly kind: Kind;
  /** When it happened, in milliseconds since the epoch. */
  readonly time: number;
  /** The text of a JSON object. */
  readonly context: string;
  readonly offset: bigint;
  readonly appendedAt: number;
};

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
  const seen = new Set<string>();
  const events: LiveEvent[] = [];
  const deadLetters: DeadLetter[] = [];
  let repeated = 0;
  for (const record of records) {
    const read = unstorable === undefined ? readEvent(record.value) : refused(unstorable);
    if ('code' in read) deadLetters.push({ record, rejection: read });
    else if (seen.has(read.order_id)) repeated += 1;
    else {
      seen.add(read.order_id);
      events.push(toLive(read, record));
    }
  }
  return { partition, events, repeated, deadLetters };
}

const refused = (reason: string): Rejection => ({ code: 'unstorable', reason });

/** By the short road where our own producers wrote it. */
function readEvent(value: Buffer | null): WireEvent | Rejection {
  const wire = value === null ? undefined : readWire(value);
  if (wire !== undefined) return wire;
  const parsed = parseEventBytes(value);
  if (!parsed.ok) return parsed.rejection;
  const { context } = parsed.event;
  return { ...parsed.event, context: context === undefined ? undefined : JSON.stringify(context) };
}

function toLive(event: WireEvent, { offset, timestamp }: KafkaRecord): LiveEvent {
  const { order_id, user_id, page_id, product, title, site_version, context = '{}' } = event;
  const [kind, time] = [kindOf(product, title, site_version), Date.parse(event.time)];
  return { order_id, user_id, page_id, kind, time, context, offset, appendedAt: timestamp };
}
