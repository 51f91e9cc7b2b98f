import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../src/kafka/partition.ts';

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
  it('is where kafkajs and the Java client put a visitor', () => {
    for (let n = 0; n < 2_000; n += 1) {
      const key = randomBytes(16).toString('hex');
      expect(partitionOf(key, 3)).toBe(expected(key, 3));
    }
  });

  it('is where they put any other key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 64 }), (key, partitions) => {
        expect(partitionOf(key, partitions)).toBe(expected(key, partitions));
      }),
      { numRuns: 1_000 },
    );
  });
});
