// npm run bench:session-state — the size of eight hours of live sessions on disk beside their 14.4 million events. The last SESSIONS
// (default 50,000) of them, of 8 events each, go through the code of the live part as at 500 events/s on a simulated clock,
// their revisions forwarded; those before are rows that SQL makes, of visitors in no order, as an index by visitor grows with
// their number. VACUUM runs every five minutes of that clock, as autovacuum would. Sizes are those of the end, and those after
// VACUUM FULL. The log of moves of as many events is measured beside it.

import { type Client, type Pool, transaction } from '../src/db/pool.ts';
import { newId } from '../src/events/ids.ts';
import { seededRandom } from '../src/runtime/seeded-random.ts';
import { GAP_MS } from '../src/sessions/live/core/step.ts';
import { type Stored, takeEvents } from '../src/sessions/live/handler.ts';
import { revisionOutbox } from '../src/sessions/live/outbox.ts';
import { closeOver } from '../src/sessions/live/running-sessions.ts';
import { SESSIONS_LOCK } from '../src/sessions/live/store.ts';
import { startDatabase } from './database.ts';
import { makeEarlierSessions } from './earlier-sessions.ts';
import { measureLog } from './live/measure-log.ts';

const SESSIONS = Number(process.env.SESSIONS ?? 50_000);
const EVENTS = Number(process.env.EVENTS_A_SESSION ?? 8);
const RATE = 500;
/** Longest pause between two events of a session. */
const PAUSE_MS = 120_000;
/** One of so many events comes up to an hour late. */
const LATE_OF = 50;
const BATCH_MS = 1_000;
const VACUUM_MS = 300_000;
const EIGHT_HOURS = RATE * 8 * 3600;
/** Sessions of eight hours that are over when the clock begins. */
const EARLIER = Math.max(0, Math.round(EIGHT_HOURS / EVENTS) - SESSIONS);
const TABLES = [
  'session_rows',
  'sessions_closed_until',
  'merged_sessions',
  'session_revisions',
  'late_session_bars',
];

type Arrival = Stored & { readonly arrivesMs: number };

function arrivals(beginMs: number): Arrival[] {
  const random = seededRandom(1);
  const everyMs = (1000 * EVENTS) / RATE;
  return Array.from({ length: SESSIONS }, (_, session) => {
    const user_id = newId();
    let sent = beginMs + Math.round(session * everyMs);
    return Array.from({ length: EVENTS }, () => {
      sent += Math.round(random() * PAUSE_MS);
      const arrivesMs = sent + (Math.floor(random() * LATE_OF) === 0 ? Math.round(random() * 3_600_000) : 0);
      return { user_id, robot: false, simulated: false, sent_ms: sent, arrived_ms: arrivesMs, arrivesMs };
    });
  })
    .flat()
    .sort((a, b) => a.arrivesMs - b.arrivesMs);
}

async function makeEarlier(pool: Pool, beginMs: number): Promise<void> {
  await makeEarlierSessions(pool, EARLIER, beginMs, (1000 * EVENTS) / RATE, EVENTS * PAUSE_MS);
  await pool.query('UPDATE sessions_closed_until SET ms = $1', [beginMs - GAP_MS]);
  await pool.query(`VACUUM ANALYZE ${TABLES.join(', ')}`);
}

const forward = (pool: Pool) =>
  transaction(pool, async (client) => {
    return (await revisionOutbox.take(client)).messages.length;
  });

/** Runs the simulated clock over all events, and on until every session is closed. */
async function live(pool: Pool, events: readonly Arrival[], beginMs: number): Promise<void> {
  let next = 0;
  let vacuumed = beginMs;
  for (let now = beginMs; next < events.length; now += BATCH_MS) {
    const from = next;
    while ((events[next]?.arrivesMs ?? Number.POSITIVE_INFINITY) <= now) next += 1;
    const batch = events.slice(from, next);
    const take = (client: Client) => takeEvents(client, batch);
    if (batch.length > 0) await transaction(pool, take, { lock: SESSIONS_LOCK });
    await closeOver(pool, now);
    while ((await forward(pool)) > 0);
    if (now - vacuumed < VACUUM_MS) continue;
    vacuumed = now;
    await pool.query(`VACUUM ANALYZE ${TABLES.join(', ')}`);
  }
  await closeOver(pool, (events.at(-1)?.arrivesMs ?? beginMs) + 7_200_000);
  while ((await forward(pool)) > 0);
}

async function say(pool: Pool, name: string): Promise<void> {
  const { rows } = await pool.query<{ name: string; bytes: number }>(
    `SELECT relname AS name, pg_relation_size(oid) AS bytes FROM pg_class
     WHERE oid = ANY($1::regclass[]) OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = ANY($1::regclass[]))
     ORDER BY 2 DESC`,
    [TABLES],
  );
  const { rows: counted } = await pool.query<{ sessions: number }>(
    'SELECT count(*) AS sessions FROM session_rows',
  );
  const sessions = counted[0]?.sessions ?? 0;
  const megabytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(1);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  console.log(`${name}: ${sessions} sessions of ${EVENTS} events: ${megabytes(bytes)} MB`);
  for (const row of rows)
    console.log(
      `  ${row.name.padEnd(28)} ${megabytes(row.bytes).padStart(6)} MB  ${(row.bytes / sessions).toFixed(1).padStart(6)} bytes a session`,
    );
}

const database = await startDatabase();
try {
  const beginMs = Date.UTC(2026, 0, 1);
  const events = arrivals(beginMs);
  await makeEarlier(database.pool, beginMs);
  const began = performance.now();
  await live(database.pool, events, beginMs);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${SESSIONS} sessions, ${events.length} events in ${seconds.toFixed(0)} s: ${Math.round(events.length / seconds)}/s`,
  );
  await database.pool.query(`VACUUM ${TABLES.join(', ')}`);
  await say(database.pool, 'with its free space');
  await database.pool.query(`VACUUM FULL ${TABLES.join(', ')}`);
  await say(database.pool, 'packed anew');
  const log = await measureLog(database.pool, RATE, EIGHT_HOURS);
  console.log(`log of moves: ${(log / 1024 ** 2).toFixed(1)} MB`);
} finally {
  await database.stop();
}
process.exit(0);
