// A record as kafkajs delivers it → a KafkaRecord.

import { undecodableReason } from '../kafka/undecodable-batch.ts';
import { FARTHEST_MS } from '../runtime/day.ts';
import type { KafkaRecord } from './record.ts';

/** Kafka's timestamp of a record without one. */
const NO_TIME = -1;
/** PostgreSQL's first timestamp, 4714-11-24 BC; its last one is later than any Date. */
const FIRST_STORABLE_MS = -210_866_803_200_000;

type FetchedMessage = {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};

/** A timestamp that Postgres could not store becomes −1. */
export function recordOf(message: FetchedMessage): KafkaRecord {
  const { offset, key, value } = message;
  // Kafka accepts any int64, and some producers send microseconds.
  const told = Number(message.timestamp);
  const timestamp = told >= FIRST_STORABLE_MS && told <= FARTHEST_MS ? told : NO_TIME;
  const undecodable = undecodableReason(message);
  const record = { offset: BigInt(offset), timestamp, key, value };
  return undecodable === undefined ? record : { ...record, undecodable };
}
