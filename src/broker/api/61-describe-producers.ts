// DescribeProducers: v0
//
// Behaviour:
// * Lists the producers that a partition remembers, each with the first offset of its open transaction there (−1: none).
//
//   Request => [topic [partition]]   partition => INT32
//   Response => throttleTimeMs [topic [partition errorCode errorMessage
//               [producerId producerEpoch lastSequence lastTimestamp coordinatorEpoch currentTxnStartOffset]]]
//     producerId, lastTimestamp, currentTxnStartOffset => INT64   the other numbers => INT32   errorMessage => NULLABLE_STRING

import type { PartitionLog } from '../log/partition-log.ts';
import type { ProducerState } from '../log/producers.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const NONE = -1;
const COORDINATOR_EPOCH = 0;

function writeProducer(writer: Writer, log: PartitionLog, producer: ProducerState): void {
  writer.int64(producer.producerId).int32(producer.epoch);
  writer.int32(producer.batches.at(-1)?.lastSequence ?? NONE).int64(producer.at);
  writer.int32(COORDINATOR_EPOCH).int64(log.openSince(producer.producerId) ?? NONE);
}

function handle(request: Request, { topics }: Context): Writer {
  const { body } = request;
  const asked = new Map<string, Set<number>>();
  body.structs(() => {
    const topic = body.string();
    const partitions = asked.get(topic) ?? new Set<number>();
    for (const partition of body.array(() => body.int32())) partitions.add(partition);
    asked.set(topic, partitions);
  });
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs([...asked], ([topic, partitions]) => {
    writer.string(topic).structs([...partitions], (partition) => {
      const log = topics.partition(topic, partition);
      writer.int32(partition);
      writer.int16(log ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION).string(null);
      writer.structs(log?.producers.snapshot() ?? [], (producer) => {
        if (log) writeProducer(writer, log, producer);
      });
    });
  });
}

export const describeProducers: Api = {
  key: 61,
  name: 'DescribeProducers',
  min: 0,
  max: 0,
  flexibleFrom: 0,
  handle,
};
