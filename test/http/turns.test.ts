import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../src/http/turns.ts';

/** As much of a request as tells its address. */
const from = (ip: string) => ({ ip, headers: {}, app: { get: () => 0 } }) as unknown as Request;

const work = (milliseconds: number) => {
  const ends = performance.now() + milliseconds;
  while (performance.now() < ends);
};

describe('Turns', () => {
  it('goes round by address, each in the order in which it asked', async () => {
    const turns = new Turns();
    const take = turns.take();
    const begun: string[] = [];
    const all = ['a1', 'a2', 'a3', 'b1', 'c1', 'c2'].map(
      (name) =>
        new Promise<void>((resolve) => {
          take(from(`203.0.113.${name.charCodeAt(0)}`), {} as Response, () => {
            begun.push(name);
            resolve();
          });
        }),
    );
    await Promise.all(all);
    expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('looks for new requests after a slice of work', async () => {
    const take = new Turns().take();
    let done = 0;
    const seen: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      take(from('203.0.113.1'), {} as Response, () => {
        work(11);
        done += 1;
      });
    }
    while (done < 20) {
      await new Promise(setImmediate);
      seen.push(done);
    }
    // One at a time, as each is longer than a slice.
    expect(seen.every((count, index) => count - (seen[index - 1] ?? 0) <= 1)).toBe(true);
  });
});
