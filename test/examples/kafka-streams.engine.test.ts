// examples/kafka-streams on the embedded broker, its counts against a plain recount, across kill -9 of the broker and of the application.
// It is exactly once: committed counts of a minute and category only go up, where work done twice would show one again.
// CHAOS_KILLS sets how many kills (100 in the slow form); CHAOS_SEED repeats a run's moments.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFailed, onTestFinished } from 'vitest';
import { feedUntil } from '../broker/feed.ts';
import { mulberry32 } from '../broker/random.ts';
import { type BrokerProcess, brokerProcess, kafkaAt } from '../broker/running-broker.ts';
import { FAST_START } from '../real-kafka/apache-kafka.ts';
import { eventually } from '../support/line.ts';
import { builtExample, CLICKS, clicksFrom, countsOf, makeTopics, mavenMissing } from './clicks.ts';

const KILLS = Number(process.env.CHAOS_KILLS ?? 3);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
const COUNTS = 'clicks-per-minute';
const A_SEND = 5;
/** Clicks come from the same minutes again, so that no window closes while the application is away. */
const IN_A_ROUND = 500;
/** Every so many kills one is the application's, which then waits for its old self to leave the group. */
const OF_THE_APPLICATION = 10;
/** Of what the application has said, where the test fails. */
const SHOWN_CHARACTERS = 4_000;

const missing = mavenMissing();
if (missing !== null) console.warn(`SKIPPED: Kafka Streams: ${missing}`);

const clicksAfter = (sent: number) => clicksFrom(sent % IN_A_ROUND, A_SEND);
const messagesAfter = (sent: number) =>
  clicksAfter(sent).map((click) => ({ key: click.userId, value: JSON.stringify(click) }));
const clicksUntil = (sent: number) =>
  Array.from({ length: sent / A_SEND }, (_, n) => clicksAfter(n * A_SEND)).flat();

class Application {
  readonly #folder: string;
  readonly #port: number;
  /** A file. */
  readonly #says: number;
  #child: ChildProcess | undefined;

  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    const file = path.join(folder, 'application.log');
    this.#says = openSync(file, 'a');
    onTestFailed(() => console.warn(readFileSync(file, 'utf8').slice(-SHOWN_CHARACTERS)));
  }

  start(): void {
    const args = ['-cp', 'target/classes:target/dependency/*', 'ClicksPerMinute', `127.0.0.1:${this.#port}`];
    const child = spawn('java', [...FAST_START, ...args, path.join(this.#folder, 'state')], {
      cwd: this.#folder,
      stdio: ['ignore', this.#says, this.#says],
    });
    child.once('exit', (code, signal) => writeSync(this.#says, `ended with ${code ?? signal}\n`));
    this.#child = child;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}

/** What the application has written, committed or not: its end offsets, added up. */
async function written(port: number): Promise<number> {
  const admin = kafkaAt(port).admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(COUNTS);
  await admin.disconnect();
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}

/** Follows the committed counts: the last of each minute and category, and those that did not go up. */
async function follow(port: number) {
  const counts = new Map<string, number>();
  const shownAgain: string[] = [];
  const consumer = kafkaAt(port).consumer({ groupId: 'test-streams' });
  onTestFinished(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic: COUNTS, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const [key, count] = [String(message.key), Number(message.value?.readBigInt64BE())];
      if (count <= (counts.get(key) ?? 0)) shownAgain.push(`${key}: ${count} after ${counts.get(key)}`);
      counts.set(key, count);
    },
  });
  return { counts, shownAgain };
}

it.skipIf(missing !== null)(
  `counts each click once a minute and category across ${KILLS} SIGKILLs of the broker and of itself`,
  async () => {
    console.log(`CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS}`);
    const random = mulberry32(SEED);
    const folder = await builtExample('kafka-streams', ['package', 'dependency:copy-dependencies']);
    const start = (port: number) =>
      brokerProcess({ dataDir: path.join(folder, 'broker'), port, segmentBytes: 200_000 });
    let broker: BrokerProcess = await start(0);
    const { port } = broker;
    await makeTopics(port, [CLICKS, COUNTS]);
    const application = new Application(folder, port);
    application.start();
    onTestFinished(() => application.kill());

    let isOver = false;
    onTestFinished(() => {
      isOver = true;
    });
    const feeding = feedUntil(() => isOver, port, CLICKS, messagesAfter);
    for (let kill = 0, before = 0; kill < KILLS; kill++) {
      await eventually(async () => (await written(port)) > before, 120);
      await pause(random() * 700); // into its work, wherever that is
      before = await written(port);
      if (kill % OF_THE_APPLICATION === 1) {
        await application.kill();
        application.start();
      } else {
        await broker.kill();
        broker = await start(port);
      }
    }
    isOver = true;
    const clicks = clicksUntil(await feeding);
    const { counts, shownAgain } = await follow(port);
    const expected = Object.entries(countsOf(clicks));
    await eventually(() => expected.every(([key, count]) => counts.get(key) === count), 120);
    console.log(`${clicks.length} clicks`);
    expect(Object.fromEntries(counts)).toEqual(countsOf(clicks));
    expect(shownAgain).toEqual([]);
  },
  240_000 + KILLS * 30_000,
);
