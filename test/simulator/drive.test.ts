import { describe, expect, it } from 'vitest';
import { Bucket } from '../../src/simulator/drive.ts';

describe('a token bucket', () => {
  it('a token bucket says when it will have a token again, so that nobody asks in between', () => {
    const bucket = new Bucket(2);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
    expect(bucket.wait).toBe(500);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.wait).toBeCloseTo(1);
    expect(bucket.take(500)).toBe(true);
  });

  it('a token bucket is paid later for what took more than there was', () => {
    const bucket = new Bucket(1);
    expect(bucket.take(0, 2)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.wait).toBe(2_000);
  });

  it('a token bucket has always one at an unbounded rate', () => {
    const bucket = new Bucket(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 10; n += 1) expect(bucket.take(0)).toBe(true);
  });
});
