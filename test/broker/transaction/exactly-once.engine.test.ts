// Exactly once under SIGKILL: two processes of confluent-kafka copy the topic inputs to outputs in transactions with their offsets, while
// the broker is killed again and again, and now and then one of them. Each input is there once for a reader of committed records.
// CHAOS_KILLS sets how often the broker is killed (100 in the slow form); CHAOS_SEED repeats a run's moments.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../conformance/client.ts';
import { confluentClient } from '../conformance/python-clients.ts';
import { feedUntil } from '../feed.ts';
import { mulberry32 } from '../random.ts';
import { type BrokerProcess, brokerProcess, kafkaAt, testFolder } from '../running-broker.ts';

const KILLS = Number(process.env.CHAOS_KILLS ?? 3);
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
const PYTHON = '/usr/bin/python3'; // Debian's, which sees Debian's packages
const SCRIPT = join(import.meta.dirname, 'exactly_once.py');
const PARTITIONS = 3;
const WORKERS = 2;
const A_SEND = 10;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const numbersAfter = (sent: number) =>
  Array.from({ length: A_SEND }, (_, i) => ({
    partition: (sent / A_SEND) % PARTITIONS,
    value: String(sent + i),
  }));

class Worker {
  readonly #port: number;
  readonly #id: string;
  #child: ChildProcess;

  constructor(port: number, id: string) {
    this.#port = port;
    this.#id = id;
    this.#child = this.#start();
  }

  #start(): ChildProcess {
    const child = spawn(PYTHON, [SCRIPT, 'work', String(this.#port), this.#id], { stdio: 'ignore' });
    return child;
  }

  async kill(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  async restart(): Promise<void> {
    await this.kill();
    this.#child = this.#start();
  }
}

async function outputs(port: number): Promise<number[]> {
  const printed = await run(PYTHON, [SCRIPT, 'read', String(port)]);
  return printed.split('\n').filter(Boolean).map(Number);
}

test(`each input is there once after ${KILLS} SIGKILLs of the broker`, {
  timeout: 120_000 + KILLS * 8000,
}, async (ctx) => {
  const missing = confluentClient.missing();
  if (missing !== null) {
    console.warn(`SKIPPED: ${missing}`);
    ctx.skip(missing);
  }
  console.log(`CHAOS_SEED=${SEED} CHAOS_KILLS=${KILLS}`);
  const random = mulberry32(SEED);
  const dataDir = testFolder();
  const start = (port: number) => brokerProcess({ dataDir, port, segmentBytes: 50_000 });
  let broker: BrokerProcess = await start(0);
  const { port } = broker;
  const admin = kafkaAt(port).admin();
  await admin.connect();
  const topics = ['inputs', 'outputs'].map((topic) => ({ topic, numPartitions: PARTITIONS }));
  await admin.createTopics({ topics });
  await admin.disconnect();

  let isOver = false;
  const workers = Array.from({ length: WORKERS }, (_, n) => new Worker(port, `worker-${n}`));
  onTestFinished(async () => {
    isOver = true;
    await Promise.all(workers.map((worker) => worker.kill().catch(() => {})));
  });
  const feeding = feedUntil(() => isOver, port, 'inputs', numbersAfter);
  for (let kill = 0; kill < KILLS; kill++) {
    await pause(1000 + random() * 1000);
    await broker.kill();
    broker = await start(port);
    if (kill % 5 === 2) await workers[kill % WORKERS]?.restart();
  }
  isOver = true;
  const sent = await feeding;
  const isThere = async () => new Set(await outputs(port)).size;
  await expect.poll(isThere, { timeout: 90_000, interval: 1000 }).toBe(sent);
  const all = (await outputs(port)).sort((a, b) => a - b);
  console.log(`${sent} inputs`);
  expect(all).toEqual(Array.from({ length: sent }, (_, i) => i));
});
