// The cost of compaction for a live producer of the embedded broker: the rate of kafkajs's sends to one topic alone, and while
// another topic of COMPACTION_MB (64; the figures in docs/broker.md are of 1,024) is compacted. Prints the lost share, the time
// of the compaction, and the broker's peak memory; ends with 1 where more is lost than MOST_LOST.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';
import { residentBytes } from '../../test/broker/resident-bytes.ts';
import { type Embedded, startEmbedded } from './embedded.ts';

const MEGABYTES = Number(process.env.COMPACTION_MB ?? 64);
const MOST_LOST = 0.2;
const ALONE_SECONDS = 10;
const BATCH = 1000;
const VALUE = 'x'.repeat(230);
const RECORD_BYTES = 250; // about, with its key
const RECORDS = (MEGABYTES * 1e6) / RECORD_BYTES;
const KEYS = Math.min(Math.ceil(RECORDS / 10), 400_000);
const CHECK_MS = '200';
const LONG_MS = '3600000000';
const [LIVE, COMPACTED] = ['live', 'compacted'];

function kafkaAt({ port }: Embedded): Kafka {
  return new Kafka({ brokers: [`127.0.0.1:${port}`], clientId: 'bench', logLevel: logLevel.NOTHING });
}

async function makeTopics(admin: Admin): Promise<void> {
  const configEntries = [
    ['cleanup.policy', 'compact'],
    ['min.compaction.lag.ms', LONG_MS], // lets it lie until it is wanted
    ['segment.bytes', String(16 * 1024 * 1024)],
  ].map(([name = '', value = '']) => ({ name, value }));
  const topics = [{ topic: LIVE }, { topic: COMPACTED, configEntries }];
  await admin.createTopics({ waitForLeaders: true, topics });
}

/** Fills the topic with keys in random order. */
async function fill(producer: Producer): Promise<void> {
  for (let sent = 0; sent < RECORDS; sent += BATCH) {
    const messages = Array.from({ length: BATCH }, (_, i) => ({
      key: String(((sent + i) * 7919) % KEYS),
      value: VALUE,
    }));
    await producer.send({ topic: COMPACTED, acks: -1, messages });
  }
}

/** Records a second until `isOver`, and the broker's peak memory meanwhile. */
async function produceUntil(isOver: () => boolean, producer: Producer, broker: Embedded) {
  const messages = Array.from({ length: BATCH }, (_, i) => ({ key: String(i), value: VALUE }));
  const start = performance.now();
  let sent = 0;
  let bytes = 0;
  while (!isOver()) {
    await producer.send({ topic: LIVE, acks: -1, messages });
    sent += BATCH;
    bytes = Math.max(bytes, residentBytes(broker.pid));
  }
  return { rate: sent / ((performance.now() - start) / 1000), bytes };
}

const partitionOf = ({ dataDir }: Embedded) => join(dataDir, 'topics', `${COMPACTED}-0`);

function bytesOf(folder: string): number {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return logs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** True once a compaction has ended, after which the broker writes its checkpoint. */
function isCompacted(folder: string): boolean {
  try {
    return Number(readFileSync(join(folder, 'compacted'), 'utf8')) > 0;
  } catch {
    return false;
  }
}

async function measure(broker: Embedded, admin: Admin, producer: Producer): Promise<void> {
  await makeTopics(admin);
  await fill(producer);
  const folder = partitionOf(broker);
  const before = bytesOf(folder);
  const aloneUntil = (seconds: number) => {
    const end = performance.now() + seconds * 1000;
    return () => performance.now() > end;
  };
  await produceUntil(aloneUntil(ALONE_SECONDS / 2), producer, broker); // to warm up
  const alone = await produceUntil(aloneUntil(ALONE_SECONDS), producer, broker);
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: 2, name: COMPACTED, configEntries }],
  });
  const start = performance.now();
  const beside = await produceUntil(() => isCompacted(folder), producer, broker);
  const seconds = (performance.now() - start) / 1000;
  await sleep(100);
  const again = await produceUntil(aloneUntil(ALONE_SECONDS), producer, broker);
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const lost = 1 - beside.rate / ((alone.rate + again.rate) / 2);
  const goal = `goal: at most ${MOST_LOST * 100} %${lost > MOST_LOST ? ', missed' : ''}`;
  if (lost > MOST_LOST) process.exitCode = 1;
  console.log(`compacted ${megabytes(before)} to ${megabytes(bytesOf(folder))} in ${seconds.toFixed(1)} s`);
  console.log(
    `producer alone ${Math.round(alone.rate)} and ${Math.round(again.rate)} records/s, beside compaction ` +
      `${Math.round(beside.rate)}: ${(lost * 100).toFixed(1)} % lost (${goal})`,
  );
  console.log(
    `the broker's memory ${megabytes(alone.bytes)} alone, ${megabytes(beside.bytes)} beside compaction`,
  );
}

process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
const broker = await startEmbedded([CHECK_MS]);
const [admin, producer] = [kafkaAt(broker).admin(), kafkaAt(broker).producer()];
try {
  await Promise.all([admin.connect(), producer.connect()]);
  await measure(broker, admin, producer);
} finally {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await broker.stop();
}
