// npm run bench:aggregator-live — real time through Kafka: records are produced to the embedded broker, then a process of the part
// `aggregator` reads them, and is timed from a commit that is SESSIONS records in, when its cache and code are warm, to its last one.
// SESSIONS are open from the beginning, and records touch them in no order. Beside it the part `ingest`, of events on its topic, in
// the same run, in turn and timed in the same way.
//   SESSIONS=100000 RECORDS=500000 ROUNDS=3 npm run bench:aggregator-live
//   PROCESSES=2 …                                     so many of each part share the topic's partitions
//   MEMORY=5000000 npm run bench:aggregator-live      opens so many sessions, and watches the process's memory

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { readDefinition } from '../src/aggregator/definition/read.ts';
import { groupOf, saveDefinition } from '../src/aggregator/store/definitions.ts';
import { transaction } from '../src/db/pool.ts';
import { newId } from '../src/events/ids.ts';
import { PRODUCTS } from '../src/events/products.ts';
import { ensureTopic } from '../src/kafka/client.ts';
import { PARTITIONS } from '../src/kafka/publisher.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { anEvent } from '../test/support/events.ts';
import { startEmbedded } from './broker/embedded.ts';
import { cpuOf, cpuOfFamily } from './cpu.ts';
import { startDatabase } from './database.ts';
import { pick } from './pick.ts';
import { dataFolder } from './program.ts';
import { median } from './statistics.ts';

const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback);
const SESSIONS = number('SESSIONS', 100_000);
const RECORDS = number('RECORDS', 500_000);
const ROUNDS = number('ROUNDS', 3);
const PROCESSES = number('PROCESSES', 1);
const MEMORY = number('MEMORY', 0);
const GOAL = 50_000;
const GOAL_OF_INGEST = 0.7;
/** Memory is flat where ten times as many sessions as are kept in the cache take no more than so many megabytes. */
const GOAL_MEGABYTES = 50;
/** Coprime to the usual numbers of sessions: every session is touched, none twice in a row. */
const STRIDE = 7_919;
const MESSAGES_AT_ONCE = 5_000;
const LOOK_MS = 20;
/** Without a commit. */
const LONGEST_WAIT_MS = 300_000;
const TENTHS = 10;

type Message = { readonly key: string; readonly value: string };
type Work = {
  readonly part: 'aggregator' | 'ingest';
  readonly topic: string;
  readonly group: string;
  readonly make: (index: number) => Message;
  /** Records on the topic, all of them read. */
  sent: number;
};

const database = await startDatabase();
const { pool } = database;
const broker = await startEmbedded();
const data = dataFolder();
const kafka = new Kafka({ brokers: [`127.0.0.1:${broker.port}`], logLevel: logLevel.NOTHING });

await transaction(pool, (client) =>
  saveDefinition(
    client,
    readDefinition(`name: bench
topic: bench
group: { fields: [account] }
aggregate:
  - { field: amount, operation: SUM }
  - { field: amount, operation: MIN }
  - { field: amount, operation: MAX }
  - { field: amount, operation: AVERAGE }
  - { operation: COUNT }
flush:
  by: TIMEOUT
  timeout: { type: MONTH, day: 10, time: '00:00', zone: UTC }
  conditions: [{ name: much, aggregate: sum_amount, operator: '>=', value: 1000000000 }]
`),
  ),
);

const users = Array.from({ length: 20_000 }, newId);
const works = {
  aggregator: {
    part: 'aggregator',
    topic: 'bench',
    group: groupOf('bench'),
    make: (index) => {
      const account = `account-${(index * STRIDE) % (MEMORY || SESSIONS)}`;
      return { key: account, value: JSON.stringify({ account, amount: `${(index * 31) % 10_000}.25` }) };
    },
    sent: 0,
  },
  ingest: {
    part: 'ingest',
    topic: 'ecommerce',
    group: 'shopstream-ingest',
    make: () => {
      const event = anEvent({
        user_id: pick(users),
        product: pick(PRODUCTS),
        time: new Date().toISOString(),
      });
      return { key: event.user_id, value: JSON.stringify(event) };
    },
    sent: 0,
  },
} as const satisfies Record<string, Work>;

/** Puts `count` more records on the topic. */
async function produce(work: Work, count: number): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, work.topic, PARTITIONS);
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  for (const end = work.sent + count; work.sent < end; ) {
    const size = Math.min(MESSAGES_AT_ONCE, end - work.sent);
    const messages = Array.from({ length: size }, (_none, index) => work.make(work.sent + index));
    await producer.send({ topic: work.topic, messages });
    work.sent += size;
  }
  await producer.disconnect();
}

/** A part that is named alone runs in the process itself. */
function startPart(part: Work['part']): ChildProcess {
  const main = path.join(packageRoot, 'dist', 'src', 'main.js');
  return spawn(process.execPath, [main, 'start', part], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
      DATABASE_URL: database.url,
      DATA_DIR: data.folder,
      LOG_LEVEL: 'warn',
    },
  });
}

async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await exit;
}

/** Records whose changes are committed, by the offsets that are committed with them. */
async function committed({ group, topic }: Work): Promise<number> {
  const { rows } = await pool.query<{ sum: number }>(
    'SELECT coalesce(sum(next_offset), 0)::float8 AS sum FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2',
    [group, topic],
  );
  return rows[0]?.sum ?? 0;
}

/** CPU seconds of the part's process, and of Postgres with all of its own. */
type Cpu = { readonly part: number; readonly postgres: number };
type Mark = { readonly records: number; readonly at: number; readonly cpu: Cpu };

/** Waits until more than `records` are committed. */
async function passes(work: Work, records: number, parts: readonly ChildProcess[]): Promise<Mark> {
  for (const began = performance.now(); performance.now() - began < LONGEST_WAIT_MS; await sleep(LOOK_MS)) {
    const seen = await committed(work);
    const cpu = {
      part: parts.reduce((sum, { pid = 0 }) => sum + cpuOf(pid), 0),
      postgres: cpuOfFamily(database.pid),
    };
    const mark = { records: seen, at: performance.now(), cpu };
    if (mark.records > records) return mark;
    if (parts.some(({ exitCode }) => exitCode !== null)) break;
  }
  throw new Error(
    `${work.part} has ended (${parts.map(({ exitCode }) => exitCode)}), or committed nothing for ${LONGEST_WAIT_MS / 1000} s`,
  );
}

/** `cpu` for a million records. */
type Rate = { readonly rate: number; readonly cpu: Cpu };

/** The rate at which a part reads what is on its topic, once `warm` records of it are committed. */
async function follow(work: Work, parts: readonly ChildProcess[], warm: number): Promise<Rate> {
  const first = await passes(work, (await committed(work)) + warm, parts);
  let last = first;
  while (last.records < work.sent) last = await passes(work, last.records, parts);
  const records = last.records - first.records;
  const spent = (of: keyof Cpu) => ((last.cpu[of] - first.cpu[of]) * 1e6) / records;
  return {
    rate: (records * 1000) / (last.at - first.at),
    cpu: { part: spent('part'), postgres: spent('postgres') },
  };
}

/** Waits until all is read that is on the topic. */
async function reached(work: Work, parts: readonly ChildProcess[]): Promise<void> {
  for (let seen = await committed(work); seen < work.sent; ) seen = (await passes(work, seen, parts)).records;
}

/** Produces records, then reads them in processes of their own. @param warm how many come before those that are timed */
async function measure(work: Work, count: number, warm: number): Promise<Rate> {
  if (work.part === 'ingest')
    await pool.query('TRUNCATE events, day_counts, hour_orders, minute_counts, user_years, year_users');
  await produce(work, warm + count);
  await pool.query('CHECKPOINT');
  const parts = Array.from({ length: PROCESSES }, () => startPart(work.part));
  try {
    return await follow(work, parts, warm);
  } finally {
    await Promise.all(parts.map(stop));
  }
}

const shown = ({ rate, cpu }: Rate): string =>
  `${Math.round(rate).toLocaleString('en')} records/s (CPU s a million: ${cpu.part.toFixed(1)}, and ${cpu.postgres.toFixed(1)} in Postgres)`;
const medianOf = (rates: readonly Rate[]): Rate => ({
  rate: median(rates.map(({ rate }) => rate)),
  cpu: {
    part: median(rates.map(({ cpu }) => cpu.part)),
    postgres: median(rates.map(({ cpu }) => cpu.postgres)),
  },
});
const judged = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');

async function rates(): Promise<void> {
  console.log(`opening ${SESSIONS} sessions: ${shown(await measure(works.aggregator, SESSIONS, 0))}`);
  const seen = { aggregator: [] as Rate[], ingest: [] as Rate[] };
  const order = [works.aggregator, works.ingest];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const work of order) {
      const rate = await measure(work, RECORDS, SESSIONS);
      seen[work.part].push(rate);
      console.log(`${work.part.padEnd(10)} ${shown(rate)}`);
    }
    order.reverse();
  }
  const [ours, theirs] = [medianOf(seen.aggregator), medianOf(seen.ingest)];
  const goal = Math.min(GOAL, GOAL_OF_INGEST * theirs.rate);
  console.log(
    `\n${RECORDS} records on ${PARTITIONS} partitions over ${SESSIONS} open sessions, ${PROCESSES} processes, medians of ${ROUNDS} rounds`,
  );
  console.log(`aggregator ${shown(ours)}\ningest     ${shown(theirs)}`);
  console.log(
    `${(ours.rate / theirs.rate).toFixed(2)} of ingest's rate; goal: ${Math.round(goal).toLocaleString('en')} records/s, the lesser of ${GOAL} and ${GOAL_OF_INGEST} of ingest's: ${judged(ours.rate >= goal)}`,
  );
}

/** Megabytes of a process, by a field of /proc/PID/status: proc(5). */
const megabytesOf = ({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) /
  1024;

/** Memory after each tenth of the sessions, which should stay flat. */
async function memory(): Promise<void> {
  const part = startPart('aggregator');
  const seen: number[] = [];
  for (let tenth = 1; tenth <= TENTHS; tenth += 1) {
    await produce(works.aggregator, MEMORY / TENTHS);
    await reached(works.aggregator, [part]);
    seen.push(megabytesOf(part, 'VmRSS'));
    const { rows } = await pool.query<{ open: number }>('SELECT count(*) AS open FROM aggregator_sessions');
    console.log(`${(rows[0]?.open ?? 0).toLocaleString('en')} sessions open, ${seen.at(-1)?.toFixed(0)} MB`);
  }
  const began = performance.now();
  await produce(works.aggregator, RECORDS);
  await reached(works.aggregator, [part]);
  const seconds = (performance.now() - began) / 1000;
  console.log(`${RECORDS} records that touch them in no order, produced and read in ${seconds.toFixed(0)} s`);
  const grown = (seen.at(-1) ?? 0) - (seen[TENTHS / 2 - 1] ?? 0);
  console.log(
    `\nthe second half took ${grown.toFixed(0)} MB more than the first, at most ${megabytesOf(part, 'VmHWM').toFixed(0)} MB at any time; goal: flat, ${GOAL_MEGABYTES} MB: ${judged(grown <= GOAL_MEGABYTES)}`,
  );
  await stop(part);
}

try {
  await (MEMORY > 0 ? memory() : rates());
} finally {
  await broker.stop();
  await database.stop();
  data.remove();
}
