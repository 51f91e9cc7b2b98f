// npm run bench:dashboard — the cost of the dashboard, in one run: every chart through HTTP at full size beside a hundredth
// of it; the original's SQL over raw text rows of the same file; and the CPU of 50 open dashboards at 500 events a second.
// PRODUCT_CSV names a full file; without it a replica is made. Takes some minutes and 5 GB.

import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf, cpuOfFamily, partOf } from './cpu.ts';
import { CHARTS, type Times, timeChart } from './dashboard/charts.ts';
import { openCrowd } from './dashboard/crowd.ts';
import { type Loaded, startLoaded } from './dashboard/loaded.ts';
import { makeOriginal, ORIGINAL_SQL, timeOriginal } from './dashboard/original.ts';
import { sendEvents } from './dashboard/traffic.ts';
import { ms } from './statistics.ts';

const FULL = Number(process.env.ROWS ?? 8_471_220);
const SMALL = Math.round(FULL / 100);
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const REQUESTS = Number(process.env.REQUESTS ?? 300);
const ORIGINAL_ROUNDS = Number(process.env.ORIGINAL_ROUNDS ?? 2);
const DASHBOARDS = 50;
const EVENTS_PER_SECOND = 500;
const SECONDS = Number(process.env.SECONDS_A_ROUND ?? 20);
const SETTLE_MS = 3_000;

/** @param anew whether something is stored before each request, so that no answer is cached */
async function compareSizes(small: Loaded, full: Loaded, anew: boolean): Promise<Map<string, Times>> {
  const kept = anew ? 'each made anew' : 'kept while nothing is stored';
  const many = `${ROUNDS} rounds of ${REQUESTS} requests`;
  console.log(`every chart, medians over ${many} in turn, ${kept}: ${SMALL} rows, then ${FULL} rows`);
  const atFull = new Map<string, Times>();
  for (const [name, path] of Object.entries(CHARTS)) {
    const [a, b] = await timeChart([small, full], path, ROUNDS, REQUESTS, anew);
    if (a === undefined || b === undefined) continue;
    atFull.set(name, b);
    const ratio = `p50 × ${(b.p50 / a.p50).toFixed(2)}  p99 × ${(b.p99 / a.p99).toFixed(2)}`;
    const both = [a, b].map(({ p50, p99 }) => `${ms(p50).padStart(8)} ${ms(p99).padStart(8)}`);
    console.log(`  ${name.padEnd(18)} ${both.join('   ')}   ${ratio}`);
  }
  return atFull;
}

async function compareOriginal({ database }: Loaded, ours: Map<string, Times>): Promise<void> {
  await makeOriginal(database);
  console.log(
    `the original's SQL over raw text rows, the best of ${ORIGINAL_ROUNDS}, beside our p50 through HTTP`,
  );
  for (const [name, sql] of Object.entries(ORIGINAL_SQL)) {
    const took = await timeOriginal(database, sql, ORIGINAL_ROUNDS);
    const times = took / (ours.get(name)?.p50 ?? Number.NaN);
    console.log(`  ${name.padEnd(18)} ${ms(took).padStart(10)}   ${times.toFixed(0)} times ours`);
  }
  await database.query('DROP TABLE original');
}

/** Cores that the web process and all of PostgreSQL use while events come in. */
async function measureCores(
  { program, postgres }: Loaded,
  dashboards: number,
): Promise<{ web: number; postgres: number }> {
  const web = partOf(program.pid, 'web');
  const crowd = await openCrowd(program.url, dashboards);
  const sending = sendEvents(program.url, EVENTS_PER_SECOND, SECONDS + SETTLE_MS / 1000);
  await sleep(SETTLE_MS);
  const [began, webBefore, postgresBefore] = [performance.now(), cpuOf(web), cpuOfFamily(postgres)];
  const accepted = await sending;
  const passed = (performance.now() - began) / 1000;
  const cores = {
    web: (cpuOf(web) - webBefore) / passed,
    postgres: (cpuOfFamily(postgres) - postgresBefore) / passed,
  };
  crowd.close();
  const { today, questions, asked } = crowd.seen;
  console.log(
    `  ${String(dashboards).padStart(2)} dashboards   web ${cores.web.toFixed(2)}   Postgres ${cores.postgres.toFixed(2)}   ` +
      `${(cores.web + cores.postgres).toFixed(2)} cores   (${accepted} events, ${today} + ${questions} messages, ${asked} charts)`,
  );
  return cores;
}

const small = await startLoaded(SMALL);
const full = await startLoaded(FULL, process.env.PRODUCT_CSV);
try {
  await compareSizes(small, full, false);
  const ours = await compareSizes(small, full, true);
  await compareOriginal(full, ours);
  console.log(`${EVENTS_PER_SECOND} events/s through the collector for ${SECONDS} s, full size`);
  const alone = await measureCores(full, 0);
  const crowded = await measureCores(full, DASHBOARDS);
  const more = crowded.web + crowded.postgres - alone.web - alone.postgres;
  console.log(`  ${DASHBOARDS} dashboards cost ${more.toFixed(2)} cores`);
} finally {
  await Promise.all([small.remove(), full.remove()]);
}
process.exit(0);
