// The embedded broker beside Apache Kafka, and beside the broker of an earlier version that is built in the folder OLD_PROGRAM, in one
// run on one machine: medians of rounds after a warm-up, and the ratios (above 1: the embedded broker is better). They take turns measure
// by measure, and message by message where a latency is measured, so that other load on the machine meets all. BENCH_ROUNDS sets the rounds (5), BENCH_MEASURES chooses (bulk, inFlight,
// single, delivery, transactional, measureJava, measureJavaTransactions). Ends with 1 where a goal is missed. Needs Java and Apache
// Kafka's jars (KAFKA_FETCH=1 fetches them).

import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../../test/broker/resident-bytes.ts';
import { KAFKA } from '../../test/real-kafka/apache-kafka.ts';
import { cpuOf } from '../cpu.ts';
import { percentile } from '../statistics.ts';
import { serverOf, startEmbedded } from './embedded.ts';
import { measureJava, measureJavaTransactions } from './java-measures.ts';
import { LATENCIES, type Measure, RATES, transactional } from './kafkajs-measures.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SETTLE_MS = 3000; // before it counts as idle
const IDLE_SECONDS = 10;

const CHOSEN = process.env.BENCH_MEASURES?.split(',');
const isChosen = (measure: { readonly name: string }) => CHOSEN?.includes(measure.name) !== false;
/** What an earlier version serves, too. */
const PLAIN: readonly Measure[] = [...RATES, measureJava];
const IN_TRANSACTIONS: readonly Measure[] = [transactional, measureJavaTransactions];

type Running = {
  readonly port: number;
  readonly pid: number;
  readonly startMs: number;
  readonly idleBytes: number;
  /** Share of one core. */
  readonly idleShare: number;
  stop(): Promise<void>;
};

/** Of an earlier version's figure, what has to be left. */
const KEPT = 0.95;

// name: [what it is, unit, whether more is better, least ratio to Apache Kafka where that is a goal]
const ROWS: Readonly<
  Record<string, readonly [label: string, unit: string, moreIsBetter: boolean, least?: number]>
> = {
  batched: ['kafkajs, sends of 1,000 × 230 bytes', 'messages/s', true],
  inFlight: ['kafkajs, single sends, 50 in flight', 'messages/s', true],
  singleP50: ['kafkajs, one send at a time, p50', 'ms', false],
  singleP99: ['kafkajs, one send at a time, p99', 'ms', false],
  consumed: ['kafkajs, consume', 'messages/s', true],
  deliveryP50: ['kafkajs, send to eachMessage, p50', 'ms', false],
  deliveryP99: ['kafkajs, send to eachMessage, p99', 'ms', false],
  transactional: ['kafkajs, transactions of 100 × 230 bytes', 'records/s', true, 1],
  javaProduced: ['ProducerPerformance, 100 bytes', 'records/s', true],
  javaConsumed: ['ConsumerPerformance', 'records/s', true],
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

const CONTENDERS = ['embedded', 'apache', 'before'] as const;
type Contender = (typeof CONTENDERS)[number];
type Brokers = Readonly<{ embedded: Running; apache: Running; before: Running | undefined }>;
type Round = Readonly<Record<Contender, Readonly<Record<string, number>>>>;

/** Takes every measure of each broker; each goes first in turn. */
async function takeRound(brokers: Brokers, round: number): Promise<Round> {
  const taken = { embedded: {}, apache: {}, before: {} };
  const first = round % CONTENDERS.length;
  const present = CONTENDERS.filter((name) => brokers[name]);
  for (const measure of LATENCIES.filter(isChosen)) {
    const ports = present.map((name) => brokers[name]?.port ?? 0);
    const figures = await measure(ports, String(round));
    for (const [at, name] of present.entries()) Object.assign(taken[name], figures[at]);
  }
  for (const measure of [...PLAIN, ...IN_TRANSACTIONS].filter(isChosen)) {
    for (const name of [...CONTENDERS.slice(first), ...CONTENDERS.slice(0, first)]) {
      const running = brokers[name];
      if (!running || (name === 'before' && !PLAIN.includes(measure))) continue;
      Object.assign(taken[name], await measure(running.port, String(round)));
    }
  }
  return taken;
}

const show = (value: number) => value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
const better = (one: number, other: number, moreIsBetter: boolean) =>
  moreIsBetter ? one / other : other / one;

type Row = {
  readonly label: string;
  readonly unit: string;
  readonly figures: Readonly<Record<Contender, number>>;
  readonly moreIsBetter: boolean;
};

/** A row of the table; a figure of no broker is NaN. @returns whether `goals` (words, whether met) are met */
function print({ label, unit, figures, moreIsBetter }: Row, goals: readonly [string, boolean][]): boolean {
  const { embedded, apache, before } = figures;
  const compared = (other: number) =>
    Number.isNaN(other)
      ? ['', '']
      : [`${show(other)} ${unit}`, better(embedded, other, moreIsBetter).toFixed(2)];
  const words = goals.map(([wanted, isMet]) => (isMet ? wanted : `${wanted}: missed`));
  console.log(
    `| ${[label, `${show(embedded)} ${unit}`, ...compared(apache), ...compared(before), words.join(', ')].join(' | ')} |`,
  );
  return goals.every(([, isMet]) => isMet);
}

function printMeasure(name: string, rounds: readonly Round[]): boolean {
  const [label, unit, moreIsBetter, least] = ROWS[name] ?? [name, '', true];
  const median = (which: Contender) =>
    percentile(
      rounds.map((round) => round[which][name] ?? Number.NaN),
      0.5,
    );
  const figures = { embedded: median('embedded'), apache: median('apache'), before: median('before') };
  if (Number.isNaN(figures.embedded)) return true;
  const goals: [string, boolean][] = [];
  if (least !== undefined) {
    const isMet = better(figures.embedded, figures.apache, moreIsBetter) >= least;
    goals.push([`${least.toFixed(2)} of Apache Kafka`, isMet]);
  }
  if (!Number.isNaN(figures.before)) {
    goals.push([`${KEPT} of before`, better(figures.embedded, figures.before, moreIsBetter) >= KEPT]);
  }
  return print({ label, unit, figures, moreIsBetter }, goals);
}

/** Prints the table. @returns whether every goal is met */
function report(brokers: Brokers, rounds: readonly Round[]): boolean {
  const title = ['measure', 'embedded broker', 'Apache Kafka', 'ratio', 'before', 'ratio', 'goal'];
  console.log(`
medians of ${ROUNDS} rounds, ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}

| ${title.join(' | ')} |
|${' --- |'.repeat(title.length)}`);
  const measured = Object.keys(ROWS).map((name) => printMeasure(name, rounds));
  const atRest = (label: string, unit: string, of: (one: Running) => number, most: number) => {
    const { embedded, apache, before } = brokers;
    const figures = {
      embedded: of(embedded),
      apache: of(apache),
      before: before ? of(before) : Number.NaN,
    };
    const goal: [string, boolean] = [`at most ${most} ${unit}`, figures.embedded <= most];
    return print({ label, unit, figures, moreIsBetter: false }, [goal]);
  };
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
  const old = process.env.OLD_PROGRAM;
  const brokers: Brokers = {
    apache: await startApache(),
    before: old === undefined ? undefined : await idle(await startEmbedded([], serverOf(old))),
    embedded: await idle(await startEmbedded()),
  };
  try {
    const rounds: Round[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const taken = await takeRound(brokers, round);
      console.log(round === 0 ? 'warm-up' : `round ${round}`, JSON.stringify(taken));
      if (round > 0) rounds.push(taken);
    }
    if (!report(brokers, rounds)) process.exitCode = 1;
  } finally {
    await Promise.all(Object.values(brokers).map((broker) => broker?.stop()));
  }
}

await main();
