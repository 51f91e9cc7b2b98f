// The driver of transactional ids: what it stores and removes, and the effects of an end. step.test.ts tests the responses, and
// restart.test.ts what a crash leaves.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { failing } from '../failing-disk.ts';
import { offlineBroker } from '../offline-broker.ts';

const NONE = ErrorCode.NONE;
const LONG_MS = 60_000;
const at = (offset: number) => ({
  topic: 't',
  partition: 0,
  committed: { offset, metadata: null, at: Date.now() },
});

function opened(options = {}) {
  const broker = offlineBroker(options);
  const { groups, topics, transactions } = broker.context;
  const log = topics.create('t', 1, {}, Date.now())?.partitions[0];
  if (log === undefined) throw new Error('there is no topic');
  const begin = (id: string, timeoutMs = LONG_MS) => {
    const { error, ...producer } = transactions.init(id, timeoutMs, null);
    expect([error, transactions.addPartitions(id, producer, ['t-0'])]).toEqual([NONE, NONE]);
    return producer;
  };
  return { broker, groups, topics, transactions, log, begin };
}

test('an id that nobody has can do nothing', () => {
  const { transactions, log } = opened();
  const nobody = { producerId: 0, epoch: 0 };
  expect([
    transactions.addPartitions('x', nobody, ['t-0']),
    transactions.addGroup('x', nobody, 'g'),
    transactions.addOffsets('x', nobody, 'g', []),
    transactions.end('x', nobody, true),
    transactions.verify('x', nobody, log),
  ]).toEqual(Array(5).fill(ErrorCode.INVALID_PRODUCER_ID_MAPPING));
});

test('a producer may write to the partitions of its open transaction, and to no other', () => {
  const { transactions, topics, log, begin } = opened();
  const producer = begin('id');
  const other = topics.create('u', 1, {}, Date.now())?.partitions[0] ?? log;
  expect(transactions.verify('id', producer, log)).toBe(NONE);
  expect(transactions.verify('id', producer, other)).toBe(ErrorCode.INVALID_TXN_STATE);
  expect(transactions.verify('id', { ...producer, epoch: 7 }, log)).toBe(ErrorCode.PRODUCER_FENCED);
  transactions.end('id', producer, false);
  expect(transactions.verify('id', producer, log)).toBe(ErrorCode.INVALID_TXN_STATE);
});

test('offsets are pending while their transaction is open, and committed with it but for topics that are gone', () => {
  const { transactions, topics, groups, begin } = opened();
  const producer = begin('id');
  transactions.addGroup('id', producer, 'g');
  const gone = { ...at(3), topic: 'u' };
  topics.create('u', 1, {}, Date.now());
  expect(transactions.addOffsets('id', producer, 'g', [at(7), gone])).toBe(NONE);
  expect([transactions.pendingOffsets('g'), transactions.pendingOffsets('h')]).toEqual([
    new Set(['t-0', 'u-0']),
    new Set(),
  ]);
  topics.delete('u');
  expect(transactions.end('id', producer, true)).toBe(NONE);
  expect(transactions.pendingOffsets('g')).toEqual(new Set());
  expect(groups.offsets.of('g').map(({ topic, committed }) => [topic, committed.offset])).toEqual([['t', 7]]);
});

test('a new producer aborts what is open before it is answered, and has the next epoch but one', () => {
  const { transactions, begin } = opened();
  const { producerId, epoch } = begin('id');
  expect(transactions.init('id', LONG_MS, null)).toEqual({ error: NONE, producerId, epoch: epoch + 2 });
  expect(transactions.get('id')).toMatchObject({ state: 'Empty', partitions: new Set() });
});

test('a transaction past its time is aborted, and its producer fenced', async () => {
  const { transactions, begin } = opened();
  const producer = begin('id', 1);
  await expect.poll(() => transactions.get('id')?.state).toBe('CompleteAbort');
  expect(transactions.addPartitions('id', producer, ['t-0'])).toBe(ErrorCode.PRODUCER_FENCED);
});

test('ids without an open transaction are forgotten after a while, or for want of memory the longest silent first', () => {
  const { transactions, begin } = opened({ maxTransactionBytes: 3_000 });
  begin('open');
  for (const id of ['a', 'b', 'c', 'd', 'e']) expect(transactions.init(id, LONG_MS, null).error).toBe(NONE);
  const ids = transactions.all().map(({ id }) => id);
  expect(ids).toContain('open');
  expect(ids).toContain('e');
  expect(ids).not.toContain('a');
  transactions.expire(Date.now() + LONG_MS);
  expect(transactions.all().map(({ id }) => id)).toEqual(['open']);
});

test('where all that there is memory for is open, a new id is refused, and so is more of what is open', () => {
  const { transactions, begin } = opened({ maxTransactionBytes: 1_600 });
  const producer = begin('one');
  begin('two');
  expect(transactions.init('three', LONG_MS, null).error).toBe(ErrorCode.POLICY_VIOLATION);
  expect(transactions.addGroup('one', producer, 'x'.repeat(1_000))).toBe(ErrorCode.POLICY_VIOLATION);
  expect(transactions.end('one', producer, true)).toBe(NONE);
  expect(transactions.init('three', LONG_MS, null).error).toBe(NONE);
});

test('a step that can not be stored is not taken, and the client is to try again', () => {
  const { transactions, begin } = opened();
  const producer = begin('id');
  failing(['writeSync'], () => {
    expect(transactions.addGroup('id', producer, 'g')).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    expect(transactions.end('id', producer, true)).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  });
  expect(transactions.get('id')).toMatchObject({ state: 'Ongoing', offsets: new Map() });
  expect(transactions.end('id', producer, true)).toBe(NONE);
});
