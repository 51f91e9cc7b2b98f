// Thousands of rows are written a part at a time.

const ROWS = 5_000;

/** A part that is ready to be written. */
export type Part<To> = (to: To) => Promise<void>;

/** Writes one part after the other; where they are made one by one, the next is made while Postgres is busy with the one before. */
export async function writeParts<To>(to: To, parts: Iterable<Part<To>>): Promise<void> {
  let before = Promise.resolve();
  for (const part of parts) {
    const writing = part(to);
    // The first error counts: what comes behind it fails for the transaction's sake.
    writing.catch(() => {});
    await before;
    before = writing;
  }
  await before;
}

export function* partsOf<T>(all: Iterable<T>): Generator<readonly T[]> {
  let some: T[] = [];
  for (const one of all) {
    some.push(one);
    if (some.length < ROWS) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
