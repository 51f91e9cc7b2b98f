// The embedded broker beside Apache Kafka, in one run on one machine: medians of rounds after a warm-up, and the ratio of the
// two (above 1: the embedded broker is better). They take turns measure by measure, so that other load on the machine meets
// both. BENCH_ROUNDS sets the rounds (5). Ends with 1 where a
// goal is missed. Needs Java and Apache Kafka's jars (KAFKA_FETCH=1 fetches them).

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

/** Of a version before it, what has to be left of a ratio. */
const KEPT = 0.95;

// name: [what it is, unit, whether more is better, least ratio: of the version before transactions, or 1 for transactions]
const ROWS: Readonly<
  Record<string, readonly [label: string, unit: string, moreIsBetter: boolean, least: number]>
> = {
  batched: ['kafkajs, sends of 1,000 × 230 bytes', 'messages/s', true, 1.14 * KEPT],
  inFlight: ['kafkajs, single sends, 50 in flight', 'messages/s', true, 1.18 * KEPT],
  singleP50: ['kafkajs, one send at a time, p50', 'ms', false, 1.2 * KEPT],
  singleP99: ['kafkajs, one send at a time, p99', 'ms', false, 1.74 * KEPT],
  consumed: ['kafkajs, consume', 'messages/s', true, 1.31 * KEPT],
  deliveryP50: ['kafkajs, send to eachMessage, p50', 'ms', false, 1.48 * KEPT],
  deliveryP99: ['kafkajs, send to eachMessage, p99', 'ms', false, 5.77 * KEPT],
  transactional: ['kafkajs, transactions of 100 × 230 bytes', 'records/s', true, 1],
  javaProduced: ['ProducerPerformance, 100 bytes', 'records/s', true, 1.11 * KEPT],
  javaConsumed: ['ConsumerPerformance', 'records/s', true, 1.21 * KEPT],
  javaTransactional: ['Java, transactions of 100 × 230 bytes', 'records/s', true, 1],
};
const MOST = { startMs: 200, idleMegabytes: 70, idlePercent: 0.5 } as const;

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

type Row = {
  readonly label: string;
  readonly unit: string;
  readonly embedded: number;
  readonly apache: number;
  readonly moreIsBetter: boolean;
};

const show = (value: number) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });

/** A row of the table, with its goal. @returns whether the goal is met */
function print(
  { label, unit, embedded, apache, moreIsBetter }: Row,
  goal: { least: number } | { most: number },
): boolean {
  const ratio = moreIsBetter ? embedded / apache : apache / embedded;
  const isMet = 'least' in goal ? ratio >= goal.least : embedded <= goal.most;
  const wanted = 'least' in goal ? `${goal.least.toFixed(2)} or more` : `at most ${goal.most} ${unit}`;
  const cells = [label, `${show(embedded)} ${unit}`, `${show(apache)} ${unit}`, ratio.toFixed(2)];
  console.log(`| ${[...cells, isMet ? wanted : `${wanted}: missed`].join(' | ')} |`);
  return isMet;
}

/** Prints the table. @returns whether every goal is met */
function report(embedded: Running, apache: Running, rounds: readonly Round[]): boolean {
  console.log(
    `\nmedians of ${ROUNDS} rounds, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`,
  );
  console.log('| measure | embedded broker | Apache Kafka | ratio | goal |\n| --- | --- | --- | --- | --- |');
  const measured = Object.entries(ROWS).map(([name, [label, unit, moreIsBetter, least]]) => {
    const median = (which: keyof Round) =>
      percentile(
        rounds.map((round) => round[which][name] ?? Number.NaN),
        0.5,
      );
    const row = { label, unit, embedded: median('embedded'), apache: median('apache'), moreIsBetter };
    return print(row, { least });
  });
  const atRest = (label: string, unit: string, of: (one: Running) => number, most: number) =>
    print({ label, unit, embedded: of(embedded), apache: of(apache), moreIsBetter: false }, { most });
  return [
    ...measured,
    atRest('start to listening', 'ms', ({ startMs }) => startMs, MOST.startMs),
    atRest('idle memory', 'MB', ({ idleBytes }) => idleBytes / 1e6, MOST.idleMegabytes),
    atRest('idle CPU', '%', ({ idleShare }) => idleShare * 100, MOST.idlePercent),
  ].every((isMet) => isMet);
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
    if (!report(embedded, apache, rounds)) process.exitCode = 1;
  } finally {
    await Promise.all([embedded.stop(), apache.stop()]);
  }
}

await main();
