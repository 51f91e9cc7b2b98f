// npm run bench:live-windows — what the windows of the live panels take to be there again after a restart: read from Postgres, and, as local
// state would be made anew where its disk is lost, read from the topic. EVENTS are spread over the last eight hours. CPU seconds, as
// the machine may have others; three rounds in turn.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import type { PanelEvent } from '../src/dashboard/live/event.ts';
import { readWindows } from '../src/dashboard/live/read.ts';
import { Windows } from '../src/dashboard/live/windows.ts';
import { openPool, type Pool } from '../src/db/pool.ts';
import { parseEventBytes } from '../src/events/parse.ts';
import { createLog } from '../src/runtime/log.ts';
import { anEvent } from '../test/support/events.ts';
import { cpuOf, cpuOfFamily, partOf } from './cpu.ts';
import { databaseOf } from './live/database-of.ts';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median } from './statistics.ts';

const EVENTS = Number(process.env.EVENTS ?? 400_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const HOURS = 8;
const HOUR_MS = 3_600_000;
const AT_ONCE = 2_000;

const ownCpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Fills the topic, and waits until ingest has stored all of it. */
async function fill(kafka: Kafka, pool: Pool): Promise<void> {
  const began = Date.now();
  const producer = kafka.producer();
  await producer.connect();
  for (let sent = 0; sent < EVENTS; sent += AT_ONCE) {
    const messages = Array.from({ length: Math.min(AT_ONCE, EVENTS - sent) }, (_, n) => {
      const ago = ((EVENTS - sent - n) / EVENTS) * HOURS * HOUR_MS;
      const title = n % 5 === 0 ? 'banner_click' : 'banner_show';
      const event = anEvent({ time: new Date(began - ago).toISOString(), title, context: { item: 'tote' } });
      return { key: event.user_id, value: JSON.stringify(event) };
    });
    await producer.send({ topic: 'ecommerce', messages });
  }
  await producer.disconnect();
  const stored = async () => (await pool.query('SELECT count(*)::int AS count FROM events')).rows[0].count;
  while ((await stored()) < EVENTS) await sleep(1_000);
}

/** Windows as a process of the web part has them after its start. */
async function fromPostgres(pool: Pool): Promise<number> {
  const now = Date.now();
  const windows = new Windows(now);
  windows.take((await readWindows(pool, now, undefined)).events);
  return windows.panels(now).categories.reduce((sum, { count }) => sum + count, 0);
}

/** The same out of the topic's events of eight hours, as sessions need them. */
async function fromTopic(kafka: Kafka, round: number): Promise<number> {
  const now = Date.now();
  const windows = new Windows(now);
  const consumer = kafka.consumer({ groupId: `local-state-${round}` });
  await consumer.connect();
  await consumer.subscribe({ topic: 'ecommerce', fromBeginning: true });
  let read = 0;
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        windows.take(batch.messages.flatMap((message) => panelEvent(message, batch.topic, batch.partition)));
        read += batch.messages.length;
        if (read >= EVENTS) resolve();
      },
    });
  });
  await consumer.disconnect();
  return windows.panels(now).categories.reduce((sum, { count }) => sum + count, 0);
}

function panelEvent(
  { value, offset, timestamp }: KafkaMessage,
  topic: string,
  partition: number,
): PanelEvent[] {
  const parsed = parseEventBytes(value);
  if (!parsed.ok) return [];
  const { event } = parsed;
  return [
    {
      orderId: event.order_id,
      userId: event.user_id,
      title: event.title,
      product: event.product,
      siteVersion: event.site_version,
      item: event.context?.item,
      timeMs: Date.parse(event.time),
      arrivedMs: Number(timestamp),
      robot: false,
      simulated: false,
      ip: undefined,
      userAgent: undefined,
      deviceType: undefined,
      topic,
      partition,
      offset,
    },
  ];
}

const data = dataFolder();
const program = await startProgram(data.folder, { SIMULATOR: 'off' });
await isReady(program.url);
const database = await databaseOf(program, data.folder);
const { host, port, user, password, database: name } = database;
const url = `postgres://${user}:${password}@${host}:${port}/${name}`;
const pool = openPool(url, createLog('bench', 'warn', false));
const kafka = new Kafka({ brokers: [`127.0.0.1:${program.env.KAFKA_PORT}`], logLevel: logLevel.NOTHING });
try {
  await fill(kafka, pool);
  const cluster = path.join(data.folder, 'postgres', 'cluster', 'postmaster.pid');
  const postgres = Number(readFileSync(cluster, 'utf8').split('\n', 1)[0]);
  const broker = partOf(program.pid, 'broker');
  const cpu = () => ownCpu() + cpuOfFamily(postgres) + cpuOf(broker);
  const took = { postgres: [] as number[], topic: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const before = cpu();
    const one = await fromPostgres(pool);
    const between = cpu();
    const other = await fromTopic(kafka, round);
    took.postgres.push(between - before);
    took.topic.push(cpu() - between);
    console.log(`round ${round}: clicks of the last hour ${one} and ${other}`);
  }
  const [a, b] = [median(took.postgres), median(took.topic)];
  console.log(`windows again, of ${EVENTS} events in ${HOURS} hours, CPU seconds (medians of ${ROUNDS})`);
  console.log(`  from Postgres  ${a.toFixed(2)}`);
  console.log(`  from the topic ${b.toFixed(2)}  × ${(b / a).toFixed(1)}`);
} finally {
  await pool.end();
  await database.end();
  await program.stop();
  data.remove();
}
process.exit(0);
