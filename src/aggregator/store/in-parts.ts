// Many thousands of rows are written in parts, each by one statement.

/** Rows of a part at most. */
export const PART_ROWS = 5_000;

/** Writes one part. */
export type Part<To> = (to: To) => Promise<void>;

/**
 * Writes parts in their order. A generator makes the next part while Postgres is busy with the one before.
 * @throws the error of the first part that fails
 */
export async function writeParts<To>(to: To, parts: Iterable<Part<To>>): Promise<void> {
  let before = Promise.resolve();
  for (const part of parts) {
    const writing = part(to);
    // A later part fails as the transaction is aborted; only the first error says why.
    writing.catch(() => {});
    await before;
    before = writing;
  }
  await before;
}

/** Splits rows into parts of PART_ROWS; the last one may be shorter. */
export function* partsOf<T>(all: Iterable<T>): Generator<readonly T[]> {
  let some: T[] = [];
  for (const one of all) {
    some.push(one);
    if (some.length < PART_ROWS) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
