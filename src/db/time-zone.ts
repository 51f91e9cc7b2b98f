// The time zone whose midnight separates the rollups' days. It belongs to the database, so that two programs on machines with different
// zones can't count one event on two days.

import { lockZonedRollups, recountZoned } from '../rollups/recount.ts';
import { codeOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import { DatabaseError } from './errors.ts';
import { type Client, type Pool, transaction } from './pool.ts';
import { isSameZone, spellingsOf } from './time-zone-names.ts';

const INVALID_PARAMETER = '22023';

/** The database's time zone by its IANA name. */
export async function readTimeZone(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ zone: string | null }>('SELECT shop_time_zone() AS zone');
  return rows[0]?.zone ?? 'UTC';
}

/**
 * Makes `wanted` the database's time zone, and recounts the rollups of hours, days and years where it changes.
 * @param wanted IANA name; undefined keeps what the database has
 * @param initial for a database that has none yet; UTC replaces it where the server does not know it, as nobody chose it
 * @throws {DatabaseError} TIME_ZONE_UNKNOWN
 */
export async function useTimeZone(
  pool: Pool,
  log: Logger,
  wanted: string | undefined,
  initial: string,
): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ value: string }>(
      `SELECT value FROM settings WHERE name = 'time_zone'`,
    );
    const current = rows[0]?.value;
    const given = wanted ?? current ?? initial;
    if (current !== undefined && isSameZone(given, current)) return;
    const isChosen = wanted !== undefined || current !== undefined;
    const next = await firstKnown(client, [...spellingsOf(given), ...(isChosen ? [] : ['UTC'])]);
    if (!isChosen && next === 'UTC' && !isSameZone(given, 'UTC'))
      log.warn(`this PostgreSQL does not know the machine's time zone ${given}: days are those of UTC`);
    if (next === undefined)
      throw new DatabaseError(
        'TIME_ZONE_UNKNOWN',
        `TIME_ZONE: received ${JSON.stringify(given)}, which this PostgreSQL does not know under any of its names (${spellingsOf(given).join(', ')}): choose another one`,
      );
    // Writers wait for this lock, and then use the new zone.
    await lockZonedRollups(client);
    await client.query(
      `INSERT INTO settings (name, value) VALUES ('time_zone', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [next],
    );
    if (current === undefined) return;
    log.info({ from: current, to: next }, 'the time zone changed: counting days again');
    await recountZoned(client);
  });
}

/**
 * The first of the names that the server knows: an older server, or one built without tz's file `backward`, lacks some names of this
 * machine. An unknown name would fail at every event.
 * @param client in a transaction
 */
export async function firstKnown(client: Client, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    await client.query('SAVEPOINT try_zone');
    try {
      await client.query('SELECT now() AT TIME ZONE $1', [name]);
      return name;
    } catch (error) {
      if (codeOf(error) !== INVALID_PARAMETER) throw error;
      await client.query('ROLLBACK TO SAVEPOINT try_zone');
    }
  }
  return undefined;
}
