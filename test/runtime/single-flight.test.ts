import { describe, expect, it } from 'vitest';
import { SingleFlight } from '../../src/runtime/single-flight.ts';

/** A computation whose end the test decides. */
function manual() {
  const ends: ((value: number) => void)[] = [];
  const make = () => new Promise<number>((resolve) => ends.push(resolve));
  return { make, ends };
}

describe('SingleFlight', () => {
  it('SingleFlight gives nobody an answer that was begun before the question: a crowd costs two', async () => {
    const shared = new SingleFlight<number>();
    const { make, ends } = manual();
    const first = shared.get('a', make);
    const late = [shared.get('a', make), shared.get('a', make), shared.get('a', make)];
    ends[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    ends[1]?.(2);
    expect(await Promise.all(late)).toEqual([2, 2, 2]);
    expect(ends).toHaveLength(2);
  });

  it('SingleFlight begins anew after a failure, and keeps keys apart', async () => {
    const shared = new SingleFlight<number>();
    const failed = shared.get('a', () => Promise.reject(new Error('away')));
    const next = shared.get('a', async () => 2);
    await expect(failed).rejects.toThrow('away');
    expect(await next).toBe(2);
    expect(await shared.get('b', async () => 3)).toBe(3);
    expect(await shared.get('a', async () => 4)).toBe(4);
  });
});
