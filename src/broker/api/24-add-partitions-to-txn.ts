// AddPartitionsToTxn: v0-3
//
// Behaviour:
// * Begins a transaction of the producer if none is open, and adds the partitions to those that it may write to.
// * All or nothing: where a partition does not exist, the others are OPERATION_NOT_ATTEMPTED.
//
// Version notes: v1 is v0; a fenced producer gets PRODUCER_FENCED from v2 on, INVALID_PRODUCER_EPOCH before; v3 is flexible. v4
// and v5 are sent only between brokers, of which there is one.
//
//   Request => transactionalId producerId producerEpoch [topic [partition]]
//     producerId => INT64   producerEpoch => INT16   partition => INT32
//   Response => throttleTimeMs [topic [partition errorCode]]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { fencedAs } from './fenced-as.ts';

function handle(request: Request, { topics, transactions }: Context): Writer {
  const { body } = request;
  const transactionalId = body.string();
  const producer = { producerId: body.int64(), epoch: body.int16() };
  const asked = body.structs(() => ({ topic: body.string(), partitions: body.array(() => body.int32()) }));
  const logOf = (topic: string, partition: number) => topics.partition(topic, partition);
  const logs = asked.flatMap(({ topic, partitions }) => partitions.map((one) => logOf(topic, one)));
  const names = logs.flatMap((log) => log?.name ?? []);
  const isWhole = names.length === logs.length;
  const error = isWhole ? transactions.addPartitions(transactionalId, producer, names) : null;
  const errorOf = (topic: string, partition: number): ErrorCode => {
    if (error !== null) return fencedAs(error, request);
    return logOf(topic, partition) ? ErrorCode.OPERATION_NOT_ATTEMPTED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  };
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(asked, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, (partition) => {
      writer.int32(partition).int16(errorOf(topic, partition));
    });
  });
}

export const addPartitionsToTxn: Api = {
  key: 24,
  name: 'AddPartitionsToTxn',
  min: 0,
  max: 3,
  flexibleFrom: 3,
  handle,
};
