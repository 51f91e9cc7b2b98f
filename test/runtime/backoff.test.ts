import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/runtime/backoff.ts';

describe('pauses between tries', () => {
  it('pauses between tries grow twofold up to the longest', () => {
    const backoff = new Backoff(100, 500);
    expect(Array.from({ length: 5 }, () => backoff.next())).toEqual([100, 200, 400, 500, 500]);
  });

  it('pauses between tries begin again after something went well', () => {
    const backoff = new Backoff(100, 500);
    backoff.next();
    backoff.next();
    backoff.reset();
    expect(backoff.next()).toBe(100);
  });

  it('pauses between tries end early, without an error, where the signal is aborted', async () => {
    const closing = new AbortController();
    const waiting = new Backoff(3_600_000, 3_600_000).wait(closing.signal);
    closing.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
