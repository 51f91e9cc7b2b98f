// How long a consumer pauses after a batch, so that the records behind it are stored together.

import { setTimeout as sleep } from 'node:timers/promises';

const PACE_MS = 15;
/** What each record of a batch adds to its pace, and where that ends. */
const PACE_MS_A_RECORD = 0.5;
const LONGEST_PACE_MS = 100;

/**
 * The pause grows with what has come: an event that comes alone is stored at once, many small transactions become some
 * larger ones, and a backlog isn't held up.
 * @param isLast whether the batch reaches the end of its partition
 */
export async function paced(records: number, isLast: boolean, work: () => Promise<void>): Promise<void> {
  const pace = Math.min(PACE_MS + records * PACE_MS_A_RECORD, LONGEST_PACE_MS);
  const pause = isLast ? sleep(pace) : undefined;
  await work();
  await pause;
}
