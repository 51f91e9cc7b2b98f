// How long a start takes with RESTART_PARTITIONS (10,000) partitions of a few records each: after a close in order, after a kill
// behind writes to all of them, and after a kill with no writes since the last close. Prints medians of RESTART_ROUNDS (3).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';
import { residentBytes } from '../../test/broker/resident-bytes.ts';
import { cpuOf } from '../cpu.ts';
import { percentile } from '../statistics.ts';

const PARTITIONS = Number(process.env.RESTART_PARTITIONS ?? 10_000);
const ROUNDS = Number(process.env.RESTART_ROUNDS ?? 3);
const A_TOPIC = 1000;
const TOPICS = Array.from({ length: Math.ceil(PARTITIONS / A_TOPIC) }, (_, index) => `restart-${index}`);
const VALUE = 'x'.repeat(230);

type Running = {
  readonly child: ChildProcess;
  readonly port: number;
  readonly startMs: number;
  /** CPU time until it listened. */
  readonly cpuMs: number;
};

async function start(dataDir: string): Promise<Running> {
  const startedAt = performance.now();
  const args = [join(import.meta.dirname, 'server.js'), dataDir, '15000', String(PARTITIONS + A_TOPIC)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const startMs = performance.now() - startedAt;
  return { child, port: Number(line), startMs, cpuMs: cpuOf(child.pid ?? 0) * 1000 };
}

/** @returns how long it took, ms */
async function end({ child }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const since = performance.now();
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  return performance.now() - since;
}

/** Makes the topics where they are not there, and writes to every partition. */
async function write({ port }: Running): Promise<void> {
  const kafka = new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true })];
  await Promise.all([admin.connect(), producer.connect()]);
  for (const topic of TOPICS) {
    await admin.createTopics({ topics: [{ topic, numPartitions: A_TOPIC }] });
    const messages = Array.from({ length: A_TOPIC }, (_, partition) => ({ partition, value: VALUE }));
    await producer.send({ topic, acks: -1, messages });
  }
  await Promise.all([admin.disconnect(), producer.disconnect()]);
}

async function round(dataDir: string): Promise<Readonly<Record<string, number>>> {
  const first = await start(dataDir);
  await write(first);
  const close = await end(first, 'SIGTERM');
  const closed = await start(dataDir);
  const memory = residentBytes(closed.child.pid ?? 0) / 1e6;
  await end(closed, 'SIGKILL');
  const idle = await start(dataDir);
  await write(idle);
  await end(idle, 'SIGKILL');
  const written = await start(dataDir);
  await end(written, 'SIGKILL');
  return {
    'close, ms': close,
    'start after a close, ms': closed.startMs,
    'its CPU time, ms': closed.cpuMs,
    'its memory, MB': memory,
    'start after a kill without writes, ms': idle.startMs,
    'CPU time of that, ms': idle.cpuMs,
    'start after a kill with writes everywhere, ms': written.startMs,
    'the CPU time of that, ms': written.cpuMs,
  };
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'broker-restart-'));
  try {
    const rounds: Readonly<Record<string, number>>[] = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await round(dataDir));
    console.log(`${PARTITIONS} partitions, medians of ${ROUNDS} rounds`);
    for (const name of Object.keys(rounds[0] ?? {})) {
      const values = rounds.map((taken) => taken[name] ?? Number.NaN);
      console.log(`${name}: ${Math.round(percentile(values, 0.5))}`);
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
