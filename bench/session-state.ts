// npm run bench:session-state — the size of live sessions on disk beside the events: SESSIONS (default 200,000) of 8 events each
// go through the code of the live part as at 500 events/s on a simulated clock, their revisions forwarded. VACUUM runs every
// five minutes of that clock, as autovacuum would. Sizes are those of the end, and those after VACUUM FULL.

import { type Client, type Pool, transaction } from '../src/db/pool.ts';
import { newId } from '../src/events/ids.ts';
import { seededRandom } from '../src/runtime/seeded-random.ts';
import { type Stored, takeEvents } from '../src/sessions/live/handler.ts';
import { revisionOutbox } from '../src/sessions/live/outbox.ts';
import { closeOver } from '../src/sessions/live/running-sessions.ts';
import { SESSIONS_LOCK } from '../src/sessions/live/store.ts';
import { startDatabase } from './database.ts';

const SESSIONS = Number(process.env.SESSIONS ?? 200_000);
const EVENTS = Number(process.env.EVENTS_A_SESSION ?? 8);
const RATE = 500;
/** Longest pause between two events of a session. */
const PAUSE_MS = 120_000;
/** One of so many events comes up to an hour late. */
const LATE_OF = 50;
const BATCH_MS = 1_000;
const VACUUM_MS = 300_000;
const EIGHT_HOURS = RATE * 8 * 3600;
const TABLES = ['sessions', 'merged_sessions', 'session_revisions'];

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
      return { user_id, robot: false, simulated: false, sent_ms: sent, arrivesMs };
    });
  })
    .flat()
    .sort((a, b) => a.arrivesMs - b.arrivesMs);
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
    const take = (client: Client) => takeEvents(client, batch, now);
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
    'SELECT count(*) AS sessions FROM sessions',
  );
  const sessions = counted[0]?.sessions ?? 0;
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  const all = ((bytes / sessions) * (EIGHT_HOURS / EVENTS)) / 1024 ** 2;
  console.log(
    `${name}: ${(bytes / sessions).toFixed(1)} bytes a session; ${EIGHT_HOURS} events in sessions of ${EVENTS}: ${all.toFixed(0)} MB`,
  );
  for (const row of rows)
    console.log(`  ${row.name.padEnd(28)} ${(row.bytes / sessions).toFixed(1).padStart(6)} a session`);
}

const database = await startDatabase();
try {
  const beginMs = Date.UTC(2026, 0, 1);
  const events = arrivals(beginMs);
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
} finally {
  await database.stop();
}
process.exit(0);
