// The log of what moved visitors, in a real database.

import { beforeEach, describe, expect, it } from 'vitest';
import { deleteOld, LOG_MINUTES, readLog } from '../../src/behaviour/store.ts';
import type { Pool } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';
import { migratedDatabase } from '../support/database.ts';

let pool: Pool;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
});

/** Writes an entry for each age, in minutes, in that order. */
async function write(...ages: number[]): Promise<void> {
  for (const age of ages)
    await pool.query(
      `INSERT INTO behaviour_log (at, user_id, order_id, from_state, to_state, because, written_at)
       VALUES (now(), $1, $2, 'init', 'offer1', $3, now() - make_interval(mins => $4))`,
      [newId(), newId(), `${age} minutes`, age],
    );
}

const kept = async () => (await readLog(pool, 100)).map(({ because }) => because);

describe('what is deleted of the log', () => {
  it('is what was written longer ago than it is kept', async () => {
    await write(500, LOG_MINUTES + 1, LOG_MINUTES - 1, 0);
    await deleteOld(pool);
    expect(await kept()).toEqual(['0 minutes', `${LOG_MINUTES - 1} minutes`]);
  });

  it('is all of it where nobody has moved since', async () => {
    await write(500, LOG_MINUTES + 1);
    await deleteOld(pool);
    expect(await kept()).toEqual([]);
  });

  it('is nothing of an empty one', async () => {
    await deleteOld(pool);
    expect(await kept()).toEqual([]);
  });
});
