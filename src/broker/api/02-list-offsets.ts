// ListOffsets: v1-10
//
// Behaviour:
// * Timestamp −1 asks for the end of the log, −2 for its start, −3 for the record with the latest timestamp, −4 for the start
//   of the local log, −5 for the end of the tiered one (there is none), one from 0 on for the first record that is not older.
//   Where there is no such record, offset and timestamp are −1. Other negative timestamps, and those of a later version, are
//   refused with UNSUPPORTED_VERSION.
// * A look-up that ends in a batch that can't be decompressed returns its first record (log/time-lookup.ts).
// * With isolation level 1 (read_committed) the log ends at its last stable offset.
// * A partition that a request asks for twice is INVALID_REQUEST, as in Apache Kafka. Each look-up may decompress a batch, so a
//   long request yields to others between its look-ups.
//
// Version notes: v2 adds the isolation level and the throttle time, v4 leader epochs, v6 is flexible, v7, v8 and v9 add −3,
// −4 and −5, v10 adds a timeout (nothing is waited for); v3 is v2, v5 is v4.
//
//   Request => replicaId isolationLevel (v2+) [topic [partition currentLeaderEpoch (v4+) timestamp]] timeoutMs (v10+)
//   Response => throttleTimeMs (v2+) [topic [partition errorCode timestamp offset leaderEpoch (v4+)]]
//     timestamp, offset => INT64   leaderEpoch => INT32

import { BackgroundThrottle } from '../background-throttle.ts';
import { LEADER_EPOCH, type PartitionLog } from '../log/partition-log.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { epochProblem } from './01-fetch.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { namedTwice } from './named-twice.ts';

const LATEST = -1;
const EARLIEST = -2;
const LATEST_BY_TIME = -3;
const EARLIEST_HERE = -4;
const LATEST_TIERED = -5;
/** The first version of each negative timestamp. */
const MEANT_FROM = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [LATEST_BY_TIME, 7],
  [EARLIEST_HERE, 8],
  [LATEST_TIERED, 9],
]);
const ANY_EPOCH = -1;
const READ_COMMITTED = 1;
const NOT_FOUND = { offset: -1, timestamp: -1 };
const TWICE: Found = { ...NOT_FOUND, error: ErrorCode.INVALID_REQUEST };
/** Work before other requests get a turn. */
const SLICE_MS = 5;

function lookUp(
  log: PartitionLog,
  timestamp: number,
  isCommitted: boolean,
): { offset: number; timestamp: number } {
  const endOffset = isCommitted ? log.lastStableOffset : log.endOffset;
  if (timestamp === LATEST) return { offset: endOffset, timestamp: -1 };
  if (timestamp === EARLIEST || timestamp === EARLIEST_HERE)
    return { offset: log.startOffset, timestamp: -1 };
  const time = timestamp === LATEST_BY_TIME ? log.maxTimestamp : timestamp;
  const found = time < 0 ? null : log.findTime(time);
  return found && found.offset < endOffset ? found : NOT_FOUND;
}

type Asked = { readonly partition: number; readonly leaderEpoch: number; readonly timestamp: number };
type AskedTopic = { readonly topic: string; readonly partitions: readonly Asked[] };
type Found = { readonly error: ErrorCode; readonly offset: number; readonly timestamp: number };

function problemOf({ leaderEpoch, timestamp }: Asked, version: number): ErrorCode {
  const isMeant = timestamp >= 0 || version >= (MEANT_FROM.get(timestamp) ?? Number.POSITIVE_INFINITY);
  return isMeant ? epochProblem(leaderEpoch) : ErrorCode.UNSUPPORTED_VERSION;
}

function find(topic: string, asked: Asked, version: number, isCommitted: boolean, context: Context): Found {
  const log = context.topics.partition(topic, asked.partition);
  if (log === undefined) return { ...NOT_FOUND, error: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
  const error = problemOf(asked, version);
  if (error !== ErrorCode.NONE) return { ...NOT_FOUND, error };
  try {
    return { error, ...lookUp(log, asked.timestamp, isCommitted) };
  } catch (failure) {
    context.settings.log.error(
      { partition: log.name, error: failure },
      'cannot look up an offset in the log',
    );
    return { ...NOT_FOUND, error: ErrorCode.KAFKA_STORAGE_ERROR };
  }
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

async function findAll(
  topics: readonly AskedTopic[],
  findOne: (topic: string, asked: Asked) => Found,
): Promise<Map<string, Found>> {
  const names = topics.flatMap(({ topic, partitions }) =>
    partitions.map((one) => nameOf(topic, one.partition)),
  );
  const twice = namedTwice(names);
  const found = new Map<string, Found>();
  const throttle = new BackgroundThrottle();
  let since = performance.now();
  for (const { topic, partitions } of topics) {
    for (const asked of partitions) {
      const name = nameOf(topic, asked.partition);
      found.set(name, twice.has(name) ? TWICE : findOne(topic, asked));
      if (performance.now() - since < SLICE_MS) continue;
      await throttle.pause();
      since = performance.now();
    }
  }
  return found;
}

async function handle(request: Request, context: Context): Promise<Writer> {
  const { body, version } = request;
  body.int32(); // replica id
  const isCommitted = version >= 2 && body.int8() === READ_COMMITTED;
  const topics = body.structs(() => ({
    topic: body.string(),
    partitions: body.structs(() => {
      const partition = body.int32();
      const leaderEpoch = version >= 4 ? body.int32() : ANY_EPOCH;
      return { partition, leaderEpoch, timestamp: body.int64() };
    }),
  }));
  const all = await findAll(topics, (topic, asked) => find(topic, asked, version, isCommitted, context));
  const writer = answerTo(request);
  if (version >= 2) writer.int32(NO_THROTTLE);
  return writer.structs(topics, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, ({ partition }) => {
      const { error, timestamp, offset } = all.get(nameOf(topic, partition)) ?? TWICE;
      writer.int32(partition).int16(error).int64(timestamp).int64(offset);
      if (version >= 4) writer.int32(offset < 0 ? ANY_EPOCH : LEADER_EPOCH);
    });
  });
}

export const listOffsets: Api = { key: 2, name: 'ListOffsets', min: 1, max: 10, flexibleFrom: 6, handle };
