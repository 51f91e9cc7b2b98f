// Live sessions in their table: what the migration makes of those of before, and lengths beyond four bytes.

import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/db/migrate.ts';
import { newId } from '../../../src/events/ids.ts';
import { packageRoot } from '../../../src/runtime/paths.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { emptyDatabase, migratedDatabase, openTestPool, testLog } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { send, sessionsOf } from './sent.ts';

const T = Date.UTC(2026, 2, 10);
const DAY = 86_400_000;

/** A folder with the migrations before one. */
function migrationsBefore(name: string): string {
  const folder = temporaryFolder();
  for (const one of readdirSync(path.join(packageRoot, 'migrations')))
    if (one < name) copyFileSync(path.join(packageRoot, 'migrations', one), path.join(folder, one));
  return folder;
}

describe('the migration', () => {
  it('the migration keeps every session to the millisecond, and the open ones open', async () => {
    const pool = openTestPool(await emptyDatabase());
    await migrate(pool, testLog, 'UTC', migrationsBefore('0027'));
    const rows = [
      { id: 1, from: T + 1, to: T + 1, robot: false, simulated: false, open: false },
      { id: 2, from: T + 2, to: T + 7 * DAY, robot: true, simulated: true, open: true },
      { id: 3, from: T - 60 * DAY, to: T + 8 * DAY + 999, robot: true, simulated: false, open: true },
      { id: 4, from: T + 4, to: T + GAP_MS, robot: false, simulated: true, open: false },
    ].map(({ from, to, ...row }) => ({
      ...row,
      user_id: newId(),
      started_at: new Date(from),
      ended_at: new Date(to),
      events: row.id + 5,
      revision: row.id + 1,
    }));
    await pool.query('INSERT INTO sessions SELECT * FROM json_populate_recordset(NULL::sessions, $1)', [
      JSON.stringify(rows),
    ]);
    await migrate(pool, testLog, 'UTC');
    const kept = (await sessionsOf(pool)).map((row) => ({
      ...row,
      user_id: row.user_id.replaceAll('-', ''),
    }));
    expect(kept).toEqual(rows);
  });
});

it('a session of more than 24 days has its end to the millisecond, and goes on', async () => {
  const { pool } = await migratedDatabase();
  const [user, days] = [newId(), 30];
  const times = Array.from({ length: days * 49 }, (_, n) => T + Math.round((n * DAY) / 49));
  for (let at = 0; at < times.length; at += 700) await send(pool, user, times.slice(at, at + 700));
  const end = Math.max(...times) + 12_345;
  await send(pool, user, [end]);
  expect(await sessionsOf(pool)).toMatchObject([
    { started_at: new Date(T), ended_at: new Date(end), events: times.length + 1 },
  ]);
});
