// DescribeTransactions: v0
//
// Behaviour:
// * Returns the state, producer and partitions of transactional ids; an unknown id is TRANSACTIONAL_ID_NOT_FOUND.
//
//   Request => [transactionalId]
//   Response => throttleTimeMs [errorCode transactionalId state timeoutMs startTimeMs producerId producerEpoch [topic [partition]]]
//     timeoutMs, partition => INT32   startTimeMs (−1: none is open), producerId => INT64   producerEpoch => INT16

import type { Transaction } from '../transaction/transaction.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const UNKNOWN = {
  state: '',
  timeoutMs: -1,
  startedAt: -1,
  producerId: -1,
  epoch: -1,
  partitions: new Set<string>(),
} satisfies Partial<Omit<Transaction, 'state'>> & { state: string };

/** Partitions by topic, parsed from the names of their logs. */
function byTopic(logs: Iterable<string>): Map<string, number[]> {
  const topics = new Map<string, number[]>();
  for (const log of logs) {
    const end = log.lastIndexOf('-');
    const topic = log.slice(0, end);
    const partition = Number(log.slice(end + 1));
    const known = topics.get(topic);
    if (known) known.push(partition);
    else topics.set(topic, [partition]);
  }
  return topics;
}

function handle(request: Request, { transactions }: Context): Writer {
  const { body } = request;
  const ids = [...new Set(body.array(() => body.string()))];
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(ids, (id) => {
    const found = transactions.get(id);
    const { state, timeoutMs, startedAt, producerId, epoch, partitions } = found ?? UNKNOWN;
    writer
      .int16(found ? ErrorCode.NONE : ErrorCode.TRANSACTIONAL_ID_NOT_FOUND)
      .string(id)
      .string(state);
    writer.int32(timeoutMs).int64(startedAt).int64(producerId).int16(epoch);
    writer.structs([...byTopic(partitions)], ([topic, indexes]) =>
      writer.string(topic).array(indexes, (index) => writer.int32(index)),
    );
  });
}

export const describeTransactions: Api = {
  key: 65,
  name: 'DescribeTransactions',
  min: 0,
  max: 0,
  flexibleFrom: 0,
  handle,
};
