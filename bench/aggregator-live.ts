// npm run bench:aggregator-live — real time, from a record's bytes to committed state: batches as Kafka gives them, each with the
// sessions that it changes and the partition's offset in one transaction. SESSIONS are open from the beginning, and records
// touch them in no order. Beside it the sink of ingest, from its bytes too, in the same run and in turn.
//   SESSIONS=100000 RECORDS=500000 ROUNDS=3 npm run bench:aggregator-live
//   MEMORY=5000000 npm run bench:aggregator-live      opens so many sessions, and watches the process's memory

import { readDefinition } from '../src/aggregator/definition/read.ts';
import { aggregateHandler } from '../src/aggregator/realtime/handler.ts';
import { LiveSessions } from '../src/aggregator/realtime/live-sessions.ts';
import { saveDefinition } from '../src/aggregator/store/definitions.ts';
import type { RecordBatch } from '../src/consumer/record.ts';
import { transaction } from '../src/db/pool.ts';
import { newId } from '../src/events/ids.ts';
import { parseBatch } from '../src/ingest/batch.ts';
import { KnownUsers } from '../src/ingest/known-users.ts';
import { storeParsed } from '../src/ingest/store.ts';
import { anEvent } from '../test/support/events.ts';
import { startDatabase } from './database.ts';
import { pick } from './pick.ts';
import { median } from './statistics.ts';

const SESSIONS = Number(process.env.SESSIONS ?? 100_000);
const RECORDS = Number(process.env.RECORDS ?? 500_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
/** Size of one fetch, which holds many small records. */
const FETCH_BYTES = 1024 * 1024;
const RECORD_BYTES = 12;
const MEMORY = Number(process.env.MEMORY ?? 0);
const GOAL = 50_000;
const GOAL_OF_INGEST = 0.7;
/** Coprime to the usual numbers of sessions: every session is touched, none twice in a row. */
const STRIDE = 7_919;
const MEGABYTE = 1024 * 1024;

const database = await startDatabase();
const { pool } = database;

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

/** Records until a fetch is full, or there are enough. */
function batchOf(most: number, make: (index: number) => object): RecordBatch['records'] {
  const records: RecordBatch['records'][number][] = [];
  for (let bytes = 0; records.length < most && bytes < FETCH_BYTES; ) {
    const value = Buffer.from(JSON.stringify(make(records.length)));
    records.push({ offset: 0n, timestamp: Date.now(), key: null, value });
    bytes += value.length + RECORD_BYTES;
  }
  return records;
}

const numbered = (records: RecordBatch['records'], from: number): RecordBatch => ({
  partition: 0,
  records: records.map((record, index) => ({ ...record, offset: BigInt(from + index) })),
});

const sessions = new LiveSessions('bench');
const handler = aggregateHandler(
  pool,
  { clusterId: 'bench', group: 'bench', topic: 'bench' },
  sessions,
  () => {},
);
let next = 0;

/** Seconds from the bytes of `count` records to the last commit; making the records is not counted. */
async function aggregate(count: number, of: number): Promise<number> {
  let took = 0;
  for (let left = count; left > 0; ) {
    const records = batchOf(left, (index) => {
      const at = next + index;
      return { account: `account-${(at * STRIDE) % of}`, amount: `${(at * 31) % 10_000}.25` };
    });
    const batch = numbered(records, next);
    const after = next + records.length;
    const move = { expected: next === 0 ? undefined : BigInt(next), next: BigInt(after) };
    const began = performance.now();
    await handler.store(batch, move);
    took += performance.now() - began;
    left -= records.length;
    next = after;
  }
  return took / 1000;
}

const users = Array.from({ length: 20_000 }, newId);
let topics = 0;

/** The same for ingest. */
async function ingest(count: number): Promise<number> {
  topics += 1;
  await pool.query('TRUNCATE events, day_counts, hour_orders, minute_counts, user_years, year_users');
  const subscription = { clusterId: 'bench', group: 'ingest', topic: `bench-${topics}` };
  const known = new KnownUsers();
  let took = 0;
  for (let at = 0; at < count; ) {
    const event = () => anEvent({ user_id: pick(users), time: new Date().toISOString() });
    const batch = numbered(batchOf(count - at, event), at);
    const began = performance.now();
    const parsed = parseBatch(batch);
    const after = at + batch.records.length;
    await storeParsed(pool, subscription, parsed, at === 0 ? undefined : BigInt(at), BigInt(after), known);
    took += performance.now() - began;
    at = after;
  }
  return took / 1000;
}

const shown = (rate: number): string => `${Math.round(rate).toLocaleString('en')} records/s`;

async function rates(): Promise<void> {
  const opened = await aggregate(SESSIONS, SESSIONS);
  console.log(`opening ${SESSIONS} sessions  ${shown(SESSIONS / opened)}`);
  const times = { aggregator: [] as number[], ingest: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const works = [
      async () => times.aggregator.push(RECORDS / (await aggregate(RECORDS, SESSIONS))),
      async () => times.ingest.push(RECORDS / (await ingest(RECORDS))),
    ];
    for (const work of round % 2 === 0 ? works : works.reverse()) await work();
    console.log(
      `aggregator ${shown(times.aggregator.at(-1) ?? 0)}  ingest ${shown(times.ingest.at(-1) ?? 0)}`,
    );
  }
  const [ours, theirs] = [median(times.aggregator), median(times.ingest)];
  console.log(`\n${RECORDS} records over ${SESSIONS} open sessions, fetches of 1 MB, medians of ${ROUNDS}`);
  console.log(
    `${shown(ours)} to committed state (goal ${GOAL}), ${(ours / theirs).toFixed(2)} of ingest's ${shown(theirs)} (goal ${GOAL_OF_INGEST}; the lesser of the two counts)`,
  );
}

/** Memory after each tenth of the sessions, which should stay flat. */
async function memory(): Promise<void> {
  const seen: number[] = [];
  for (let tenth = 0; tenth < 10; tenth += 1) {
    await aggregate(MEMORY / 10, MEMORY);
    globalThis.gc?.();
    seen.push(process.memoryUsage().rss / MEGABYTE);
    const { rows } = await pool.query<{ open: number }>('SELECT count(*) AS open FROM aggregator_sessions');
    console.log(`${(rows[0]?.open ?? 0).toLocaleString('en')} sessions open, ${seen.at(-1)?.toFixed(0)} MB`);
  }
  console.log(
    `\nthe last tenth took ${((seen.at(-1) ?? 0) - (seen[4] ?? 0)).toFixed(0)} MB more than the half`,
  );
}

try {
  await (MEMORY > 0 ? memory() : rates());
} finally {
  await database.stop();
}
