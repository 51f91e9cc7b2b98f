import { expect, it } from 'vitest';
import { partsOf, writeParts } from '../../../src/aggregator/store/in-parts.ts';

const rows = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Writes rows part by part. */
function inParts<T>(all: readonly T[], write: (some: readonly T[]) => Promise<void>): Promise<void> {
  function* parts() {
    for (const some of partsOf(all)) yield () => write(some);
  }
  return writeParts(undefined, parts());
}

it('each row is written once, in its order, in parts of 5,000', async () => {
  for (const count of [0, 1, 5_000, 5_001, 12_000]) {
    const parts: number[][] = [];
    await inParts(rows(count), async (some) => void parts.push([...some]));
    expect(parts.flat()).toEqual(rows(count));
    expect(parts.map(({ length }) => length <= 5_000 && length > 0)).toEqual(
      Array(Math.ceil(count / 5_000)).fill(true),
    );
  }
});

it('a part is prepared while the one before is written, and no more than that', async () => {
  let writing = 0;
  let most = 0;
  await inParts(rows(30_000), async () => {
    writing += 1;
    most = Math.max(most, writing);
    await new Promise((resolve) => setImmediate(resolve));
    writing -= 1;
  });
  expect([most, writing]).toEqual([2, 0]);
});

it('writing in parts fails with the first error, though the part behind it fails, too', async () => {
  let part = 0;
  const failing = inParts(rows(20_000), async () => {
    part += 1;
    const mine = part;
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error(`part ${mine}`);
  });
  await expect(failing).rejects.toThrow('part 1');
  expect(part).toBeLessThan(4);
});
