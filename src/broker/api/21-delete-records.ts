// DeleteRecords: v0-2
//
// Behaviour:
// * The requested offset, or with −1 the end of the log, becomes its start. Records before it are not served any more, and
//   closed segments wholly before it are deleted. An offset before the start changes nothing; one after the end is refused.
// * A partition that is only compacted must keep the last record of each key, and is refused with POLICY_VIOLATION.
//
// Version notes: v2 is flexible; v1 is v0.
//
//   Request => [topic [partition offset]] timeoutMs       partition, timeoutMs => INT32   offset => INT64
//   Response => throttleTimeMs [topic [partition lowWatermark errorCode]]     lowWatermark => INT64

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const END = -1;
const NO_WATERMARK = -1;

type Deleted = { readonly error: ErrorCode; readonly lowWatermark: number };

function deleteBefore({ topics }: Context, topic: string, partition: number, offset: number): Deleted {
  const log = topics.partition(topic, partition);
  const refused = (error: ErrorCode): Deleted => ({ error, lowWatermark: NO_WATERMARK });
  if (log === undefined) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (!log.config.isDeleted) return refused(ErrorCode.POLICY_VIOLATION);
  const start = offset === END ? log.endOffset : offset;
  if (start < 0 || start > log.endOffset) return refused(ErrorCode.OFFSET_OUT_OF_RANGE);
  if (!topics.deleteBefore(topic, partition, start)) return refused(ErrorCode.KAFKA_STORAGE_ERROR);
  return { error: ErrorCode.NONE, lowWatermark: log.startOffset };
}

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const topics = body.structs(() => ({
    topic: body.string(),
    partitions: body.structs(() => ({ partition: body.int32(), offset: body.int64() })),
  }));
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(topics, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, ({ partition, offset }) => {
      const { error, lowWatermark } = deleteBefore(context, topic, partition, offset);
      writer.int32(partition).int64(lowWatermark).int16(error);
    });
  });
}

export const deleteRecords: Api = { key: 21, name: 'DeleteRecords', min: 0, max: 2, flexibleFrom: 2, handle };
