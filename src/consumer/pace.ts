// How long a consumer pauses after a batch, so that the records behind it are stored together.

import { setTimeout as sleep } from 'node:timers/promises';

/** Of what somebody waits for. */
const PACE_MS = 15;
/** Of what follows the stored events for pages: within a second is soon enough, and the page has its own pace behind that. */
export const FOLLOWER_PACE_MS = 400;
/** Of what follows them for other programs, where nobody looks at a page. */
export const UNSEEN_PACE_MS = 1_000;
/** What each record of a batch adds to its pace, and where that ends. */
const PACE_MS_A_RECORD = 0.5;
const LONGEST_PACE_MS = 100;
/** Where a batch takes longer than usual the machine is busy: fewer and larger ones take less of it. */
const PACE_OF_WORK = 2;

/**
 * The pause grows with what has come and how long it took: an event that comes alone is stored at once, many small transactions
 * become some larger ones, and a backlog isn't held up.
 * @param isLast whether the batch reaches the end of its partition
 * @param leastMs least milliseconds from the beginning of a batch to that of the next
 */
export async function paced(
  records: number,
  isLast: boolean,
  work: () => Promise<void>,
  leastMs = PACE_MS,
): Promise<void> {
  const began = performance.now();
  await work();
  if (!isLast) return;
  const took = performance.now() - began;
  const pace = Math.max(PACE_MS + records * PACE_MS_A_RECORD, took * PACE_OF_WORK);
  await sleep(Math.max(leastMs, Math.min(pace, LONGEST_PACE_MS)) - took);
}
