// Thousands of rows are written a part at a time.

const ROWS = 5_000;

/** Writes one part after the other; the text of a part is made while Postgres is busy with the one before. */
export async function inParts<T>(
  all: readonly T[],
  write: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  let before = Promise.resolve();
  for (let at = 0; at < all.length; at += ROWS) {
    const writing = write(all.slice(at, at + ROWS));
    // The first error counts: what comes behind it fails for the transaction's sake.
    writing.catch(() => {});
    await before;
    before = writing;
  }
  await before;
}
