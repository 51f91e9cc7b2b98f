// ListOffsets: v1-3
//
// Behaviour:
// * Timestamp −1 asks for the end of the log, −2 for its start, any other for the first record that is not
//   older; where there is none the offset and timestamp are −1.
// * Inside a compressed batch the first record stands for all (log/time-lookup.ts).
// * The isolation level makes no difference: there are no transactions.
//
// Version notes: v2 adds the isolation level and the throttle time; v3 is v2.
//
//   Request => replicaId isolationLevel (v2+) [topic [partition timestamp]]
//   Response => throttleTimeMs (v2+) [topic [partition errorCode timestamp offset]]
//     timestamp, offset => INT64

import type { PartitionLog } from '../log/partition-log.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const LATEST = -1;
const EARLIEST = -2;
const NOT_FOUND = { offset: -1, timestamp: -1 };

function lookUp(log: PartitionLog, timestamp: number): { offset: number; timestamp: number } {
  if (timestamp === LATEST) return { offset: log.endOffset, timestamp: -1 };
  if (timestamp === EARLIEST) return { offset: log.startOffset, timestamp: -1 };
  return timestamp < 0 ? NOT_FOUND : (log.findTime(timestamp) ?? NOT_FOUND);
}

function handle(request: Request, { topics: stored }: Context): Writer {
  const { body, version } = request;
  body.int32(); // replica id
  if (version >= 2) body.int8();
  const topics = body.structs(() => ({
    topic: body.string(),
    partitions: body.structs(() => ({ partition: body.int32(), timestamp: body.int64() })),
  }));
  const writer = answerTo(request);
  if (version >= 2) writer.int32(NO_THROTTLE);
  return writer.structs(topics, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, ({ partition, timestamp }) => {
      const log = stored.partition(topic, partition);
      const found = log ? lookUp(log, timestamp) : NOT_FOUND;
      writer.int32(partition).int16(log ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      writer.int64(found.timestamp).int64(found.offset);
    });
  });
}

export const listOffsets: Api = { key: 2, name: 'ListOffsets', min: 1, max: 3, handle };
