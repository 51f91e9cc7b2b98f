// npm run bench:debezium — Kafka → Postgres end to end: ingest beside Debezium's JDBC sink in its best setting, in turn,
// from the same topic of the embedded broker into the same Postgres. Debezium has two jobs: the dataset's eight columns
// only, and all of an event; ingest does its own, with rollups, offsets and dead letters. ROWS sets the rows of either
// half of the backlog, ROUNDS the rounds, PROCESSES how many processes ingest has, JAVA_OPTIONS what java is started
// with. Needs Java and the jars (KAFKA_FETCH=1 fetches them), and Linux.

import { cpus } from 'node:os';
import { FIELDS_ONLY, type Job, WHOLE_EVENTS } from './debezium/columns.ts';
import { startDebezium } from './debezium/connect.ts';
import { debeziumMissing } from './debezium/jars.ts';
import { startOurs } from './debezium/ours.ts';
import { table } from './debezium/report.ts';
import { type Measured, measure, type Way } from './debezium/round.ts';
import { startServers } from './debezium/servers.ts';
import { fillTopic } from './debezium/topic.ts';

const ROWS = Number(process.env.ROWS ?? 500_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const PROCESSES = Number(process.env.PROCESSES ?? 1);

const debezium = (job: Job): Way => ({
  table: job.table,
  start: (setting) => startDebezium(job, setting),
});

const ways: Readonly<Record<string, Way>> = {
  ingest: { table: 'events', start: (setting) => startOurs(PROCESSES, setting) },
  'Debezium, eight columns': debezium(FIELDS_ONLY),
  'Debezium, all': debezium(WHOLE_EVENTS),
};

const missing = debeziumMissing();
if (missing !== undefined) {
  console.error(`bench:debezium can't run: ${missing}`);
  process.exit(1);
}

const servers = await startServers();
try {
  const backlog = await fillTopic(servers.kafkaPort, 2 * ROWS);
  const each = Math.round(backlog.bytes / backlog.rows);
  console.log(`${backlog.rows} events of ${each} bytes are in the topic`);
  const names = Object.keys(ways);
  const rounds = Object.fromEntries(names.map((name) => [name, [] as Measured[]]));
  // Round 0 warms the server up, whose WAL has no segments to recycle yet.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const inTurn = round === 0 ? names.slice(0, 1) : round % 2 === 1 ? names : names.toReversed();
    for (const name of inTurn) {
      const way = ways[name];
      if (way === undefined) continue;
      const measured = await measure(way, servers, backlog, `${name.replaceAll(/\W+/g, '-')}-${round}`);
      console.log(round === 0 ? 'warm-up' : `round ${round}`, name, JSON.stringify(measured));
      if (round > 0) rounds[name]?.push(measured);
    }
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}`;
  console.log(`\nmedians of ${ROUNDS} rounds, ${PROCESSES} process(es) of ingest, ${machine}\n`);
  console.log(table(rounds, ROWS));
} finally {
  await servers.stop();
}
process.exit(0);
