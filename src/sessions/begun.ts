// The sessions behind the number of a half hour, live ones or those of loaded files.

import { USUAL } from '../events/whose.ts';
import type { Dataset } from './dataset/dataset.ts';
import { type BegunSession, listBegun } from './dataset/read.ts';
import { listSessions } from './live/half-hours.ts';
import type { Source } from './options.ts';

/** Limit of the listed sessions. */
export const MOST_BEGUN = 1_000;

/** The sessions that began in a half hour, one more than MOST_BEGUN at most. @param fromMs where the half hour begins */
export async function readBegun(dataset: Dataset, source: Source, fromMs: number): Promise<BegunSession[]> {
  if (source === 'dataset') return dataset.inTurn(() => listBegun(dataset.pool, fromMs, MOST_BEGUN + 1));
  const rows = await listSessions(dataset.pool, fromMs, Date.now(), USUAL, MOST_BEGUN + 1);
  return rows.map(({ user_id, started_at, ended_at, events }) => ({
    user_id,
    started_at: started_at.toISOString(),
    ended_at: ended_at.toISOString(),
    events,
  }));
}
