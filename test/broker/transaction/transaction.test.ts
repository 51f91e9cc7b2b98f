import { expect, test } from 'vitest';
import {
  bytesOf,
  deadlineOf,
  emptyTransaction,
  isOpen,
  type Transaction,
  withoutContent,
} from '../../../src/broker/transaction/transaction.ts';

const offset = (metadata: string | null) => ({
  topic: 't',
  partition: 0,
  committed: { offset: 1, metadata, at: 0 },
});
const ongoing = (changes: Partial<Transaction> = {}): Transaction => ({
  ...emptyTransaction('id', 0),
  state: 'Ongoing',
  startedAt: 1_000,
  timeoutMs: 500,
  partitions: new Set(['t-0']),
  offsets: new Map([['group', new Map([['t-0', offset(null)]])]]),
  ...changes,
});

test('only an ongoing transaction has a time at which it is aborted; one that ends is open still', () => {
  const states = [
    'Empty',
    'Ongoing',
    'PrepareCommit',
    'PrepareAbort',
    'CompleteCommit',
    'CompleteAbort',
  ] as const;
  expect(states.map((state) => deadlineOf(ongoing({ state })))).toEqual([
    null,
    1_500,
    null,
    null,
    null,
    null,
  ]);
  expect(states.filter((state) => isOpen(ongoing({ state })))).toEqual([
    'Ongoing',
    'PrepareCommit',
    'PrepareAbort',
  ]);
});

test('without its content a transactional id keeps its producer', () => {
  const one = ongoing({ producerId: 7, epoch: 3, state: 'CompleteCommit' });
  expect(withoutContent(one)).toEqual({
    ...emptyTransaction('id', 0),
    ...{ producerId: 7, epoch: 3, state: 'CompleteCommit', timeoutMs: 500 },
  });
});

test('the memory of a transactional id grows with all that a client can make long', () => {
  const long = 'x'.repeat(10_000);
  const least = bytesOf(ongoing());
  const grown = [
    ongoing({ id: long }),
    ongoing({ offsets: new Map([[long, new Map([['t-0', offset(null)]])]]) }),
    ongoing({ offsets: new Map([['group', new Map([['t-0', offset(long)]])]]) }),
    ongoing({ partitions: new Set(Array.from({ length: 200 }, (_, at) => `t-${at}`)) }),
  ];
  expect(grown.map((one) => bytesOf(one) - least >= 19_000)).toEqual([true, true, true, true]);
});
