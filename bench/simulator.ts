// npm run bench:simulator — the simulator as a user runs it, in five parts (WHAT=speed,rate,http,memory,idle):
// speed: target kafka at the rate `max`, beside kcat's producer mode and a plain loop of kafkajs with the same events, rounds in
// turn, the broker in a process of its own; rate: its deviation from 500 events/s; http: its share of the CPU of it and the
// shop together, at the shop's limit; memory: its size over ten minutes with 100,000 shoppers; idle: the CPU of all processes of
// the program after its first start, with its few shoppers.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { packageRoot } from '../src/runtime/paths.ts';
import { readOptions } from '../src/simulator/options.ts';
import { planOf } from '../src/simulator/plan.ts';
import { freePort } from '../test/support/ports.ts';
import { childrenOf, cpuOf, cpuOfFamily } from './cpu.ts';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median } from './statistics.ts';

const WHAT = (process.env.WHAT ?? 'speed,rate,http,memory,idle').split(',');
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const EVENTS = Number(process.env.EVENTS ?? 500_000);
const RATE_SECONDS = Number(process.env.RATE_SECONDS ?? 60);
const HTTP_SECONDS = Number(process.env.HTTP_SECONDS ?? 30);
const MEMORY_MINUTES = Number(process.env.MEMORY_MINUTES ?? 10);
const IDLE_SECONDS = Number(process.env.IDLE_SECONDS ?? 120);
/** Time for the sample's load, the caches and the JIT compiler. */
const SETTLE_MS = 60_000;
const SHOPPERS = Number(process.env.SHOPPERS ?? 100_000);

const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');
const TOPIC = 'ecommerce';
/** Events a second of the plan at the rate `max`. */
const PLANNED_RATE = 100_000;
const BATCH = 2_000;
const LOOK_MS = 1_000;

type Ran = { readonly events: number; readonly seconds: number; readonly words: string };

/** Runs `simulate` in a process of its own; @param watch called with its id once it runs */
async function simulate(
  env: NodeJS.ProcessEnv,
  options: readonly string[],
  watch: (pid: number) => void = () => {},
): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, 'simulate', ...options], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk;
  });
  watch(child.pid ?? 0);
  await new Promise((resolve) => child.once('exit', resolve));
  const [, events = '0', seconds = '0'] = /: ([\d,]+) events in ([\d.]+) s/.exec(words) ?? [];
  const ran = { events: Number(events.replaceAll(',', '')), seconds: Number(seconds), words };
  if (ran.events === 0) throw new Error(`simulate ${options.join(' ')}: ${words}`);
  return ran;
}

type Broker = { readonly port: number; readonly env: NodeJS.ProcessEnv; stop(): Promise<void> };

/** The embedded broker in a process of its own. */
async function startBrokerAlone(dataDir: string): Promise<Broker> {
  const port = await freePort();
  const env = { ...process.env, DATA_DIR: dataDir, KAFKA_PORT: String(port), LOG_LEVEL: 'silent' };
  const child = spawn(process.execPath, [MAIN, 'start', 'broker'], { env, stdio: 'ignore' });
  const kafka = clientOf(port);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 3 }] });
  await admin.disconnect();
  return { port, env, stop: () => stopped(child) };
}

const clientOf = (port: number): Kafka =>
  new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 100, initialRetryTime: 50, maxRetryTime: 200 },
  });

async function stopped(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await exited;
}

const atMost = (users: number) => [
  ...['--target', 'kafka', '--rate', 'max', '--curve', 'flat', '--users', String(users)],
  ...['--duration', `${Math.ceil((EVENTS / PLANNED_RATE) * 1000)}ms`],
];
const FAST_USERS = 10_000;

/** The events of the same run, as messages. */
function messagesOf(): Message[] {
  const given = { users: FAST_USERS, rate: 'max', target: 'kafka', curve: 'flat' };
  const duration = `${Math.ceil((EVENTS / PLANNED_RATE) * 1000)}ms`;
  return Array.from(planOf(readOptions({ ...given, duration }, undefined, Date.now())), ({ key, event }) => ({
    key,
    value: JSON.stringify(event),
  }));
}

async function plainLoop(kafka: Kafka, messages: readonly Message[]): Promise<number> {
  const producer = kafka.producer();
  await producer.connect();
  const began = performance.now();
  for (let from = 0; from < messages.length; from += BATCH)
    await producer.send({ topic: TOPIC, messages: messages.slice(from, from + BATCH) });
  const seconds = (performance.now() - began) / 1000;
  await producer.disconnect();
  return messages.length / seconds;
}

/** A file of keys and values, as kcat reads it. */
async function fileOf(messages: readonly Message[], file: string): Promise<void> {
  const out = createWriteStream(file);
  for (const { key, value } of messages) if (!out.write(`${key}\t${value}\n`)) await once(out, 'drain');
  await new Promise<void>((resolve) => out.end(resolve));
}

function kcat(port: number, file: string, count: number): number {
  const began = performance.now();
  execFileSync('kcat', ['-P', '-b', `127.0.0.1:${port}`, '-t', TOPIC, '-K', '\t', '-l', file]);
  return (count * 1000) / (performance.now() - began);
}

async function speed(folder: string): Promise<void> {
  const messages = messagesOf();
  const file = path.join(folder, 'events.tsv');
  await fileOf(messages, file);
  const seen = { simulator: [] as number[], 'plain kafkajs loop': [] as number[], kcat: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    // A new broker each round, so that no round begins with a larger log.
    const broker = await startBrokerAlone(path.join(folder, `broker-${round}`));
    const { events, seconds } = await simulate(broker.env, atMost(FAST_USERS));
    seen.simulator.push(events / seconds);
    seen['plain kafkajs loop'].push(await plainLoop(clientOf(broker.port), messages));
    seen.kcat.push(kcat(broker.port, file, messages.length));
    await broker.stop();
  }
  for (const [name, rates] of Object.entries(seen))
    console.log(`${name.padEnd(20)} ${(median(rates) / 1000).toFixed(1).padStart(7)} k events/s`);
  for (const name of ['plain kafkajs loop', 'kcat'] as const) {
    const ratios = seen.simulator.map((rate, round) => rate / (seen[name][round] ?? Number.NaN));
    console.log(`simulator / ${name}: ${median(ratios).toFixed(2)} (median of ${ROUNDS} rounds)`);
  }
}

async function rate(folder: string): Promise<void> {
  const broker = await startBrokerAlone(path.join(folder, 'rate'));
  const options = ['--target', 'kafka', '--rate', '500', '--duration', `${RATE_SECONDS}s`];
  const { events, words } = await simulate(broker.env, options);
  const off = (events / RATE_SECONDS / 500 - 1) * 100;
  const missed = /([\d,]+) missed starts/.exec(words)?.[1];
  console.log(
    `rate 500/s: ${events} events in ${RATE_SECONDS} s, ${off.toFixed(2)} % off, ${missed} missed starts`,
  );
  await broker.stop();
}

async function http(folder: string): Promise<void> {
  const program = await startProgram(path.join(folder, 'http'));
  await isReady(program.url);
  let [own, shop] = [0, 0];
  const options = ['--target', 'http', '--rate', 'max', '--users', '2000', '--duration', `${HTTP_SECONDS}s`];
  const before = cpuOfFamily(program.pid);
  let watching: NodeJS.Timeout | undefined;
  const { events, seconds } = await simulate(program.env, options, (pid) => {
    watching = setInterval(() => {
      const used = cpuOf(pid);
      // Read while it runs: the figures go with the process.
      if (used > 0) [own, shop] = [used, cpuOfFamily(program.pid) - before];
    }, LOOK_MS);
  });
  clearInterval(watching);
  await program.stop();
  console.log(
    `http: ${(events / seconds).toFixed(0)} events/s, ${own.toFixed(1)} s of CPU beside the shop's ${shop.toFixed(1)} s: a share of ${(own / (own + shop)).toFixed(2)}`,
  );
}

/** Resident megabytes. */
function residentMb(pid: number): number | undefined {
  try {
    const [, kb] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}

async function memory(folder: string): Promise<void> {
  const broker = await startBrokerAlone(path.join(folder, 'memory'));
  const sizes: number[] = [];
  let watching: NodeJS.Timeout | undefined;
  const options = [
    ...['--target', 'kafka', '--users', String(SHOPPERS), '--rate', '2000', '--curve', 'flat'],
    ...['--duration', `${Math.ceil(MEMORY_MINUTES * 60)}s`],
  ];
  await simulate(broker.env, options, (pid) => {
    watching = setInterval(() => {
      const size = residentMb(pid);
      if (size !== undefined) sizes.push(size);
    }, LOOK_MS);
  });
  clearInterval(watching);
  await sleep(0);
  await broker.stop();
  const third = Math.floor(sizes.length / 3);
  const [second, last] = [median(sizes.slice(third, 2 * third)), median(sizes.slice(2 * third))];
  console.log(
    `memory, ${SHOPPERS} shoppers, ${MEMORY_MINUTES} minutes: ${second.toFixed(0)} MB in the second third, ${last.toFixed(0)} MB in the last, ${Math.max(...sizes).toFixed(0)} MB at most`,
  );
}

/** CPU seconds of the program, its parts and PostgreSQL's processes, ended ones too. */
const cpuOfAll = (program: number): number =>
  childrenOf(program).reduce((sum, part) => sum + cpuOfFamily(part), cpuOf(program));

async function idle(folder: string): Promise<void> {
  const program = await startProgram(path.join(folder, 'idle'), { SIMULATOR: 'on' });
  await isReady(program.url);
  await sleep(SETTLE_MS);
  const before = cpuOfAll(program.pid);
  const began = performance.now();
  await sleep(IDLE_SECONDS * 1000);
  const seconds = (performance.now() - began) / 1000;
  const used = cpuOfAll(program.pid) - before;
  await program.stop();
  console.log(
    `idle, with a few shoppers: ${((used / seconds) * 100).toFixed(1)} % of a core in ${seconds.toFixed(0)} s`,
  );
}

const parts: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  speed,
  rate,
  http,
  memory,
  idle,
};
const data = dataFolder();
try {
  for (const name of WHAT) await parts[name]?.(data.folder);
} finally {
  data.remove();
}
process.exit(0);
