// The log of what moved visitors, in a real database.

import { beforeEach, describe, expect, it } from 'vitest';
import { deleteOld, LOG_MINUTES, logKeptSince, readLog } from '../../src/behaviour/store.ts';
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
  it('moves are forgotten once they were written longer ago than the log is kept', async () => {
    await write(500, LOG_MINUTES + 1, LOG_MINUTES - 1, 0);
    await deleteOld(pool, 0);
    expect(await kept()).toEqual(['0 minutes', `${LOG_MINUTES - 1} minutes`]);
  });

  it('all moves are forgotten where nobody has moved since', async () => {
    await write(500, LOG_MINUTES + 1);
    await deleteOld(pool, 0);
    expect(await kept()).toEqual([]);
  });

  it('the newest moves are kept, however old they are', async () => {
    await write(900, 800, 700, 600);
    await deleteOld(pool, 3);
    expect(await kept()).toEqual(['600 minutes', '700 minutes', '800 minutes']);
    await deleteOld(pool);
    expect(await kept()).toHaveLength(3);
  });

  it('the log says since when it is kept, once something of it is gone', async () => {
    expect(await logKeptSince(pool)).toBeUndefined();
    await write(900, 800);
    expect(await logKeptSince(pool)).toBeUndefined();
    await deleteOld(pool, 1);
    const { rows } = await pool.query('SELECT at FROM behaviour_log');
    expect(await logKeptSince(pool)).toBe(new Date(rows[0].at).toISOString());
  });

  it('an empty log has nothing to forget', async () => {
    await deleteOld(pool);
    expect(await kept()).toEqual([]);
  });
});
