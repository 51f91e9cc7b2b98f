// Thousands of rows are written a part at a time.

const ROWS = 5_000;

/** Writes one part after the other; the text of a part is made while Postgres is busy with the one before. */
export async function inParts<T>(
  all: Iterable<T>,
  write: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  let before = Promise.resolve();
  for (const some of partsOf(all)) {
    const writing = write(some);
    // The first error counts: what comes behind it fails for the transaction's sake.
    writing.catch(() => {});
    await before;
    before = writing;
  }
  await before;
}

function* partsOf<T>(all: Iterable<T>): Generator<readonly T[]> {
  let some: T[] = [];
  for (const one of all) {
    some.push(one);
    if (some.length < ROWS) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}
