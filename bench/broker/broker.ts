// The embedded broker beside Apache Kafka, in one run on one machine: medians of rounds after a warm-up, and the ratio of the
// two (above 1: the embedded broker is better). They take turns measure by measure, so that other load on the machine meets
// both. BENCH_ROUNDS sets the rounds (5). Needs Java and Apache Kafka's jars (KAFKA_FETCH=1 fetches them).

import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../../test/broker/resident-bytes.ts';
import { KAFKA } from '../../test/real-kafka/apache-kafka.ts';
import { cpuOf } from '../cpu.ts';
import { percentile } from '../statistics.ts';
import { startEmbedded } from './embedded.ts';
import { measureJava, measureJavaTransactions } from './java-measures.ts';
import { KAFKAJS_MEASURES, type Measure } from './kafkajs-measures.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SETTLE_MS = 3000; // before it counts as idle
const IDLE_SECONDS = 10;

const MEASURES: readonly Measure[] = [...KAFKAJS_MEASURES, measureJava, measureJavaTransactions];

type Running = {
  readonly port: number;
  readonly pid: number;
  readonly startMs: number;
  readonly idleBytes: number;
  /** Share of one core. */
  readonly idleShare: number;
  stop(): Promise<void>;
};

// name: [what it is, unit, whether more is better]
const ROWS: Readonly<Record<string, readonly [label: string, unit: string, moreIsBetter: boolean]>> = {
  batched: ['kafkajs, sends of 1,000 × 230 bytes', 'messages/s', true],
  inFlight: ['kafkajs, single sends, 50 in flight', 'messages/s', true],
  singleP50: ['kafkajs, one send at a time, p50', 'ms', false],
  singleP99: ['kafkajs, one send at a time, p99', 'ms', false],
  consumed: ['kafkajs, consume', 'messages/s', true],
  deliveryP50: ['kafkajs, send to eachMessage, p50', 'ms', false],
  deliveryP99: ['kafkajs, send to eachMessage, p99', 'ms', false],
  transactional: ['kafkajs, transactions of 100 × 230 bytes', 'records/s', true],
  javaProduced: ['ProducerPerformance, 100 bytes', 'records/s', true],
  javaConsumed: ['ConsumerPerformance', 'records/s', true],
  javaTransactional: ['Java, transactions of 100 × 230 bytes', 'records/s', true],
};

async function idle<T extends { readonly pid: number }>(running: T) {
  await sleep(SETTLE_MS);
  const before = cpuOf(running.pid);
  await sleep(IDLE_SECONDS * 1000);
  const idleShare = (cpuOf(running.pid) - before) / IDLE_SECONDS;
  return { ...running, idleBytes: residentBytes(running.pid), idleShare };
}

async function startApache(): Promise<Running> {
  return idle(await KAFKA.start(['-Xmx1g']));
}

type Round = {
  readonly embedded: Readonly<Record<string, number>>;
  readonly apache: Readonly<Record<string, number>>;
};

/** Takes every measure of both brokers, which go first in turn. */
async function takeRound(embedded: Running, apache: Running, round: number): Promise<Round> {
  const taken = { embedded: {}, apache: {} };
  for (const measure of MEASURES) {
    const one = async () => Object.assign(taken.embedded, await measure(embedded.port, String(round)));
    const other = async () => Object.assign(taken.apache, await measure(apache.port, String(round)));
    for (const take of round % 2 === 0 ? [one, other] : [other, one]) await take();
  }
  return taken;
}

function row(label: string, unit: string, embedded: number, apache: number, moreIsBetter: boolean): string {
  const show = (value: number) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
  const ratio = moreIsBetter ? embedded / apache : apache / embedded;
  return `| ${label} | ${show(embedded)} ${unit} | ${show(apache)} ${unit} | ${ratio.toFixed(2)} |`;
}

function report(embedded: Running, apache: Running, rounds: readonly Round[]): void {
  console.log(
    `\nmedians of ${ROUNDS} rounds, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`,
  );
  console.log('| measure | embedded broker | Apache Kafka | ratio |\n| --- | --- | --- | --- |');
  for (const [name, [label, unit, moreIsBetter]] of Object.entries(ROWS)) {
    const median = (which: keyof Round) =>
      percentile(
        rounds.map((round) => round[which][name] ?? Number.NaN),
        0.5,
      );
    console.log(row(label, unit, median('embedded'), median('apache'), moreIsBetter));
  }
  console.log(row('start to listening', 'ms', embedded.startMs, apache.startMs, false));
  console.log(row('idle memory', 'MB', embedded.idleBytes / 1e6, apache.idleBytes / 1e6, false));
  console.log(row('idle CPU', '%', embedded.idleShare * 100, apache.idleShare * 100, false));
}

async function main(): Promise<void> {
  const missing = KAFKA.missing();
  if (missing !== null) throw new Error(missing);
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  const apache = await startApache();
  const embedded = await idle(await startEmbedded());
  try {
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const taken = await takeRound(embedded, apache, round);
      console.log(round === 0 ? 'warm-up' : `round ${round}`, JSON.stringify(taken));
      if (round > 0) rounds.push(taken);
    }
    report(embedded, apache, rounds);
  } finally {
    await Promise.all([embedded.stop(), apache.stop()]);
  }
}

await main();
