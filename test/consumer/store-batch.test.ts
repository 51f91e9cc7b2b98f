// One batch against a Postgres that refuses some of its records, is away for a while, or has given the partition to another.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsumerObserver, RecordHandler } from '../../src/consumer/handler.ts';
import { FencedError, type OffsetMove } from '../../src/consumer/offsets.ts';
import type { KafkaRecord, RecordBatch } from '../../src/consumer/record.ts';
import { MOST_RECORDS, type Position, storeBatchWithRetries } from '../../src/consumer/store-batch.ts';

const dataError = (code = '22021') => Object.assign(new Error(`refused: ${code}`), { code });

/** Records at these offsets, which need not follow each other. */
const recordsAt = (offsets: readonly number[]): KafkaRecord[] =>
  offsets.map((offset) => ({ offset: BigInt(offset), timestamp: 0, key: null, value: null }));

type Stored = {
  readonly offsets: readonly number[];
  readonly move: OffsetMove;
  readonly unstorable?: string;
};

/** @param refuse what Postgres throws for some records; undefined where it takes them */
function partition(refuse: (offsets: readonly number[], batch: RecordBatch) => Error | undefined) {
  const stored: Stored[] = [];
  const told: string[] = [];
  let at: bigint | undefined = 0n;
  const handler: RecordHandler<number> = {
    store: async (batch, move) => {
      const offsets = batch.records.map(({ offset }) => Number(offset));
      const error = refuse(offsets, batch);
      if (error !== undefined) throw error;
      // As moveOffset() has it.
      if (move.expected !== at) throw new FencedError(batch.partition, move.expected);
      at = move.next;
      const { unstorable } = batch;
      stored.push({ offsets, move, ...(unstorable === undefined ? {} : { unstorable }) });
      return offsets.length;
    },
    stored: (result) => told.push(`stored ${result}`),
  };
  const observer: ConsumerObserver = {
    joined: () => {},
    seeking: () => {},
    taken: () => {},
    caughtUp: () => {},
    failed: (_error, isFirst) => told.push(isFirst ? 'failed' : 'failed again'),
    recovered: () => told.push('recovered'),
    warned: () => {},
    noted: () => {},
  };
  const position: Position = { expected: 0n, sought: false };
  const take = (offsets: readonly number[], next: number, isMine = () => true, heartbeat = async () => {}) =>
    storeBatchWithRetries(handler, observer, position, {
      partition: 0,
      records: recordsAt(offsets),
      next: BigInt(next),
      isMine,
      heartbeat,
    });
  return { take, stored, told, position };
}

describe('a batch', () => {
  it('a batch is stored as one, up to the offset behind it', async () => {
    const { take, stored, position } = partition(() => undefined);
    expect(await take([3, 4, 9], 10)).toBe(true);
    expect(stored).toEqual([{ offsets: [3, 4, 9], move: { expected: 0n, next: 10n } }]);
    expect(position.expected).toBe(10n);
  });

  it('a batch is stored in several transactions where it has very many records, the last one up to the offset behind it', async () => {
    const { take, stored, told, position } = partition((offsets) =>
      offsets[0] === 2 * MOST_RECORDS && told.length < 2 ? new Error('away') : undefined,
    );
    const offsets = Array.from({ length: 2 * MOST_RECORDS + 5 }, (_none, index) => 2 * index);
    expect(await take(offsets, 9 * MOST_RECORDS)).toBe(true);
    expect(stored.map((one) => [one.offsets.length, one.move.next])).toEqual([
      [MOST_RECORDS, BigInt(2 * MOST_RECORDS)],
      [MOST_RECORDS, BigInt(4 * MOST_RECORDS)],
      [5, BigInt(9 * MOST_RECORDS)],
    ]);
    expect(stored.flatMap((one) => one.offsets)).toEqual(offsets);
    expect(told).toEqual([
      `stored ${MOST_RECORDS}`,
      'failed',
      `stored ${MOST_RECORDS}`,
      'recovered',
      'stored 5',
    ]);
    expect(position.expected).toBe(BigInt(9 * MOST_RECORDS));
  });

  it('a batch is stored one by one where Postgres refuses a record: that one is set aside, and each counts once', async () => {
    const gaps = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3 }), bad: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(gaps, async (records) => {
        const offsets: number[] = [];
        for (const { gap } of records) offsets.push((offsets.at(-1) ?? -1) + gap);
        const bad = new Set(offsets.filter((_, index) => records[index]?.bad));
        const { take, stored } = partition((some, { unstorable }) =>
          unstorable === undefined && some.some((one) => bad.has(one)) ? dataError() : undefined,
        );
        const next = (offsets.at(-1) ?? 0) + 1;
        expect(await take(offsets, next)).toBe(true);
        expect(stored.flatMap((one) => one.offsets)).toEqual(offsets);
        expect(stored.at(-1)?.move.next).toBe(BigInt(next));
        const aside = stored.filter(({ unstorable }) => unstorable !== undefined);
        expect(aside.flatMap((one) => one.offsets)).toEqual([...bad]);
        expect(aside.every(({ unstorable }) => unstorable === 'refused: 22021')).toBe(true);
      }),
    );
  });

  it('a batch is tried again as a whole where a key was taken at the same moment', async () => {
    let tries = 0;
    const { take, stored, told } = partition(() => {
      tries += 1;
      return tries === 1 ? dataError('23505') : undefined;
    });
    expect(await take([0, 1], 2)).toBe(true);
    expect(stored).toEqual([{ offsets: [0, 1], move: { expected: 0n, next: 2n } }]);
    expect(told).toEqual(['failed', 'stored 2', 'recovered']);
  });
});

describe('while Postgres is away', () => {
  it('what is stored of a batch is not stored again once Postgres is back', async () => {
    let tries = 0;
    const { take, stored, told } = partition((offsets) => {
      tries += 1;
      if (offsets.length > 1) return dataError();
      return tries === 3 ? new Error('away') : undefined;
    });
    expect(await take([0, 1, 2], 3)).toBe(true);
    expect(stored.map(({ offsets }) => offsets)).toEqual([[0], [1], [2]]);
    expect(told).toEqual(['stored 1', 'failed', 'stored 1', 'stored 1', 'recovered']);
  });

  it('the membership in the group is kept while Postgres is away, and its loss ends the tries', async () => {
    let mine = true;
    const { take, stored, told } = partition(() => new Error('away'));
    const left = async () => {
      mine = false;
    };
    expect(await take([0], 1, () => mine, left)).toBe(false);
    expect([stored, told]).toEqual([[], ['failed']]);
  });
});

it('a partition that another consumer has is given up at once', async () => {
  const { take, told, position } = partition(() => undefined);
  position.expected = 5n;
  await expect(take([5], 6)).rejects.toThrow('partition 0: another consumer moved the offset away from 5');
  expect([told, position.expected]).toEqual([[], 5n]);
});
