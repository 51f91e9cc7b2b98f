// npm run bench:live — the cost of the live panels, in one run: event → changed pixel in an open page at 500 events a second
// beside 50 open live dashboards (50 streams, and one real browser); cores with and without them; responses over a short and a
// long history; the size of the state; a backlog stored with panels open and without, beside an earlier program (OLD_PROGRAM, as
// bench:backlog has it); and the Quix template's aggregation. PYTHON names an interpreter with pandas. Takes some minutes and 6 GB.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openPool } from '../src/db/pool.ts';
import { createLog } from '../src/runtime/log.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { type Loaded, startLoaded } from './dashboard/loaded.ts';
import { makeEarlierSessions } from './earlier-sessions.ts';
import { compareBacklog } from './live/compare-backlog.ts';
import { measureLog } from './live/measure-log.ts';
import { measurePixels, type Pixels } from './live/pixels.ts';
import { send } from './live/send.ts';
import { median, ms } from './statistics.ts';

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
const FULL = number('ROWS', 10_000_000);
const SMALL = Math.round(FULL / 100);
const RATE = number('RATE', 500);
const SECONDS = number('SECONDS_A_ROUND', 30);
const DASHBOARDS = number('DASHBOARDS', 50);
const BACKLOG = number('BACKLOG', 200_000);
const ROUNDS = number('ROUNDS', 3);
const REQUESTS = number('REQUESTS', 50);
/** Events a session: the state grows with sessions, not with events. */
const SESSION_EVENTS = [24, 8];
/** Events of eight hours. */
const EIGHT_HOURS = RATE * 8 * 3600;

const PATHS = {
  'panels, now': '/api/live/panels',
  'panels, half an hour ago': `/api/live/panels?at=${new Date(Date.now() - 1_800_000).toISOString()}`,
  'behind a bar': '/api/live/panels/categories/behind?of=clothes',
};

async function timeAnswer(url: string): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < REQUESTS; n++) {
    const began = performance.now();
    const response = await fetch(url);
    await response.arrayBuffer();
    took.push(performance.now() - began);
  }
  return median(took);
}

async function compareHistories(small: Loaded, full: Loaded): Promise<void> {
  for (const { program } of [small, full]) await send(program.url, RATE, 10);
  await sleep(2_000);
  console.log(`answers over ${SMALL} and ${FULL} events of history, medians of ${ROUNDS} × ${REQUESTS}`);
  for (const [name, path] of Object.entries(PATHS)) {
    const rounds = { small: [] as number[], full: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      rounds.small.push(await timeAnswer(small.program.url + path));
      rounds.full.push(await timeAnswer(full.program.url + path));
    }
    const [a, b] = [median(rounds.small), median(rounds.full)];
    console.log(`  ${name.padEnd(26)} ${ms(a)}  ${ms(b)}  × ${(b / a).toFixed(2)}`);
  }
}

/** Tables beside that of sessions that grow with their number. */
const BY_SESSION = ['merged_sessions', 'session_revisions', 'behaviour_states', 'offers'];
/** Longest session that is made. */
const LONGEST_MS = 960_000;

/** Bytes of tables with their indexes. */
async function sizeOf({ database }: Loaded, ...tables: string[]): Promise<number> {
  const { rows } = await database.query(
    'SELECT sum(pg_total_relation_size(name::regclass))::bigint AS bytes FROM unnest($1::text[]) AS name',
    [tables],
  );
  return Number(rows[0].bytes);
}

/** The table of sessions is filled to its size after eight hours; the others are measured as they are, and grow with the sessions. */
async function measureState(loaded: Loaded): Promise<void> {
  const { database } = loaded;
  const { rows: counted } = await database.query('SELECT count(*)::int AS sessions FROM session_rows');
  const { sessions } = counted[0];
  await database.query(`VACUUM FULL ${BY_SESSION.join(', ')}`);
  const others = await sizeOf(loaded, ...BY_SESSION);
  const pool = openPool(loaded.databaseUrl, createLog('bench', 'warn', false));
  const log = await measureLog(pool, RATE, EIGHT_HOURS);
  await pool.end();
  await database.query(`TRUNCATE ${BY_SESSION.join(', ')}`);
  const empty = await sizeOf(loaded, ...BY_SESSION);
  const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MB`;
  let made = sessions;
  for (const of of SESSION_EVENTS) {
    const all = EIGHT_HOURS / of;
    await makeEarlierSessions(database, all - made, Date.now() - 3_600_000, (1000 * of) / RATE, LONGEST_MS);
    made = all;
    await database.query('VACUUM session_rows');
    const rows = await sizeOf(loaded, 'session_rows');
    const offers = empty + ((others - empty) / sessions) * all;
    console.log(
      `beside ${EIGHT_HOURS} events in ${all} sessions: ${megabytes(rows + offers + log)} (sessions ${megabytes(rows)}, states and offers ${megabytes(offers)}, log ${megabytes(log)})`,
    );
  }
}

async function measureTemplate(ours: Pixels): Promise<void> {
  const script = path.join(packageRoot, 'bench', 'live', 'quix_pandas.py');
  const python = process.env.PYTHON ?? 'python3';
  const ran = await promisify(execFile)(python, [script, String(RATE), '10']).catch(() => undefined);
  if (ran === undefined) return console.warn(`${python} has no pandas: without the template's aggregation`);
  const { cpu, latency }: { cpu: number[]; latency: number[] } = JSON.parse(ran.stdout);
  // It computes, sleeps a second, and computes again: an event waits for half of that on average, and for the computation.
  const period = median(latency) + 1_000;
  const cores = median(cpu) / (period / 1000);
  const age = period / 2 + median(latency);
  console.log(
    `the Quix template's aggregation: ${ms(median(latency))} and ${median(cpu).toFixed(2)} CPU s each time, ${cores.toFixed(2)} cores, an event ${ms(age)} old on average`,
  );
  const share =
    ours.cores > 0
      ? `${(cores / ours.cores).toFixed(1)} times our cores`
      : 'our cores can not be measured, as dashboards took no more than none';
  console.log(`  ${share}; ${(age / ours.p50).toFixed(1)} times our event → pixel`);
}

const small = await startLoaded(SMALL);
const full = await startLoaded(FULL);
try {
  await compareHistories(small, full);
  await small.remove();
  const ours = await measurePixels(full, { rate: RATE, seconds: SECONDS, dashboards: DASHBOARDS });
  await measureState(full);
  await measureTemplate(ours);
} finally {
  await full.remove();
}
await compareBacklog(BACKLOG, ROUNDS, [0, DASHBOARDS], process.env.OLD_PROGRAM);
process.exit(0);
