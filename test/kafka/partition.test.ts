import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { partitionByKey, partitionOf } from '../../src/kafka/partition.ts';

const theirs = Partitioners.DefaultPartitioner();
const metadata = (partitions: number) =>
  Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
const expected = (key: string, partitions: number) =>
  theirs({ topic: 'any', partitionMetadata: metadata(partitions), message: { key, value: null } });

describe('partitionOf', () => {
  it('the partition of a key is where kafkajs and the Java client put a visitor', () => {
    for (let n = 0; n < 2_000; n += 1) {
      const key = randomBytes(16).toString('hex');
      expect(partitionOf(key, 3)).toBe(expected(key, 3));
    }
  });

  it('the partition of a key is where they put any other key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
        expect(partitionOf(key, partitions)).toBe(expected(key, partitions));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('partitionByKey', () => {
  const ours = partitionByKey();
  const put = (message: { key?: string | Buffer | null; value: null; partition?: number }) =>
    ours({ topic: 'any', partitionMetadata: metadata(3), message });

  it('a producer takes a key of a megabyte in a moment, which kafkajs hashes for minutes', () => {
    const key = Buffer.alloc(1_000_000, 0xff);
    expect(put({ key, value: null })).toBe(partitionOf(key, 3));
  });

  it('a producer hashes bytes that are no text as they are', () => {
    const key = Buffer.from('ff00fe80', 'hex');
    expect(put({ key, value: null })).toBe(
      theirs({ topic: 'any', partitionMetadata: metadata(3), message: { key, value: null } }),
    );
  });

  it('a producer keeps a partition that is given, and goes round where there is no key', () => {
    expect(put({ key: 'key', value: null, partition: 2 })).toBe(2);
    const round = [put({ value: null }), put({ key: null, value: null }), put({ value: null })];
    expect(round.sort()).toEqual([0, 1, 2]);
  });
});
