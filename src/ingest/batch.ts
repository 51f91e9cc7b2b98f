// Kafka records → what a transaction will write: events, and dead letters with their reasons. Pure.

import type { KafkaRecord, RecordBatch } from '../consumer/record.ts';
import { type Dimensions, dimensionsOf } from '../events/dimensions.ts';
import { FIRST_TIME_MS } from '../events/event.ts';
import { futureOf } from '../events/future.ts';
import { parseEventBytes, type Rejection } from '../events/parse.ts';
import { readWire, type WireEvent } from '../events/wire.ts';
import { ID_BYTES, IdSet, packId } from './id-set.ts';

/** Positions of an event's user_id and page_id, from its order_id on. */
export const [USER_ID, PAGE_ID] = [ID_BYTES, 2 * ID_BYTES];
const IDS_BYTES = 3 * ID_BYTES;

/** An event as far as its row and the rollups need it. */
export type LiveEvent = {
  /** Packed ids of all the events of a batch. */
  readonly ids: Buffer;
  /** Where in `ids` its order_id begins; its user_id and page_id follow. */
  readonly at: number;
  readonly dimensions: Dimensions;
  /** When it happened, in milliseconds since the epoch. */
  readonly time: number;
  /** The text of a JSON object. */
  readonly context: string;
  readonly record: KafkaRecord;
};

export type DeadLetter = { readonly record: KafkaRecord; readonly rejection: Rejection };

export type ParsedBatch = {
  readonly partition: number;
  /** Each order_id once, its first record. */
  readonly events: readonly LiveEvent[];
  /** Events whose order_id came earlier in the same batch. */
  readonly repeats: readonly LiveEvent[];
  readonly deadLetters: readonly DeadLetter[];
};

/** Sorts the records of one partition into events and dead letters. Never throws. */
export function parseBatch({ partition, records, unstorable }: RecordBatch): ParsedBatch {
  const seen = new IdSet(records.length);
  const ids = Buffer.allocUnsafe(records.length * IDS_BYTES);
  const events: LiveEvent[] = [];
  const deadLetters: DeadLetter[] = [];
  const repeats: LiveEvent[] = [];
  let at = 0;
  for (const record of records) {
    const read = unstorable === undefined ? readRecord(record) : refused(unstorable);
    if ('code' in read) deadLetters.push({ record, rejection: read });
    else {
      packId(read.order_id, ids, at);
      const event = toLive(read, record, ids, at);
      // An event that is not later than Kafka's timestamp is not in the future.
      const rejection = event.time > record.timestamp ? aheadOf(event) : undefined;
      if (rejection !== undefined) deadLetters.push({ record, rejection });
      else {
        (seen.add(ids, at) ? events : repeats).push(event);
        at += IDS_BYTES;
      }
    }
  }
  return { partition, events, repeats, deadLetters };
}

const refused = (reason: string): Rejection => ({ code: 'unstorable', reason });

function readRecord({ value, undecodable }: KafkaRecord): WireEvent | Rejection {
  return undecodable === undefined ? readEvent(value) : { code: 'undecodable', reason: undecodable };
}

/** Parses an event, on a fast path if the program's own producers have written it. */
function readEvent(value: Buffer | null): WireEvent | Rejection {
  const wire = value === null ? undefined : readWire(value);
  if (wire !== undefined) return wire;
  const parsed = parseEventBytes(value);
  if (!parsed.ok) return parsed.rejection;
  const { context } = parsed.event;
  return { ...parsed.event, context: context === undefined ? undefined : JSON.stringify(context) };
}

/** As JSON.stringify writes them: no string of the context can contain them, as its quotes are escaped. */
const ROBOT = '"bot":true';
const SIMULATED = '"simulated":true';

/** @param at position in `ids` of the event's order_id; its other ids are written after it */
function toLive(event: WireEvent, record: KafkaRecord, ids: Buffer, at: number): LiveEvent {
  const { user_id, page_id, product, title, site_version, context = '{}' } = event;
  packId(user_id, ids, at + USER_ID);
  packId(page_id, ids, at + PAGE_ID);
  const [robot, simulated] = [context.includes(ROBOT), context.includes(SIMULATED)];
  const dimensions = dimensionsOf(product, title, site_version, robot, simulated);
  const time = Date.parse(event.time);
  return { ids, at, dimensions, time, context, record };
}

/** The rejection of an event from the future: later than when it was received, or Kafka got it, as far as either is known. */
function aheadOf({ time, context, record: { timestamp } }: LiveEvent): Rejection | undefined {
  const { received_at } = JSON.parse(context) as { received_at?: string };
  const known = [timestamp, Date.parse(received_at ?? '')].filter((ms) => ms >= FIRST_TIME_MS);
  return known.length === 0 ? undefined : futureOf(time, Math.min(...known));
}

/** The order_id of an event, as 32 hex digits. */
export const orderIdOf = ({ ids, at }: LiveEvent) => ids.toString('hex', at, at + ID_BYTES);

/** The user_id of an event, as 32 hex digits. */
export const userIdOf = ({ ids, at }: LiveEvent) => ids.toString('hex', at + USER_ID, at + PAGE_ID);

/** The page_id of an event, as 32 hex digits. */
export const pageIdOf = ({ ids, at }: LiveEvent) => ids.toString('hex', at + PAGE_ID, at + IDS_BYTES);
