// npm run bench:seed — the dataset's file to an answering dashboard, beside the usual text COPY, in one run on one server;
// sizes, memory, parsing beside reading, exploring beside PySpark.
// The two go first in turn, with a checkpoint before each. ROWS (default all 8,471,220) and ROUNDS (default 5) make it
// smaller; PYTHON names an interpreter with pyspark.

import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { exploreFile } from '../seed/explore.ts';
import { PUBLISHED_ROWS } from '../seed/published.ts';
import { writeReplica } from '../seed/replica.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { startDatabase } from './database.ts';
import { dataFolder } from './program.ts';
import { loadOurs, type Ours } from './seed/ours.ts';
import { timeParsing, timeReading } from './seed/parse.ts';
import { loadUsual } from './seed/usual.ts';
import { median, ms, percentile } from './statistics.ts';

const ROWS = Number(process.env.ROWS ?? PUBLISHED_ROWS);
const ROUNDS = Number(process.env.ROUNDS ?? 5);

const seconds = (value: number) => `${value.toFixed(1)} s`;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const timed = async (work: () => Promise<unknown>) => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

async function makeFile(file: string): Promise<number> {
  const out = createWriteStream(file);
  const taken = await timed(() => writeReplica({ rows: ROWS, seed: 1, out }));
  await new Promise((resolve) => out.end(resolve));
  return taken;
}

async function compareLoads(file: string): Promise<void> {
  const ours: Ours[] = [];
  const usual: Awaited<ReturnType<typeof loadUsual>>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const database = await startDatabase();
    try {
      const one = async () => ours.push(await loadOurs(database.pool, database.url, file));
      const other = async () => usual.push(await loadUsual(database.pool, file));
      for (const load of round % 2 === 0 ? [one, other] : [other, one]) {
        await database.pool.query('CHECKPOINT');
        await load();
      }
    } finally {
      await database.stop();
    }
  }
  const [first] = ours;
  const [text] = usual;
  if (first === undefined || text === undefined) throw new Error('ROUNDS: expected at least 1');
  for (const [round, { load, charts }] of ours.entries()) {
    const other = usual[round];
    const usualRound = (other?.load ?? 0) + (other?.charts ?? 0);
    console.log(
      `round ${round + 1}: ours ${seconds(load + charts)}, usual ${seconds(usualRound)}, ratio ${(usualRound / (load + charts)).toFixed(1)}`,
    );
  }
  const total = median(ours.map(({ load, charts }) => load + charts));
  const usualTotal = median(usual.map(({ load, charts }) => load + charts));
  const steps = Object.entries(first.steps).map(([step, taken]) => `${step} ${seconds(taken)}`);
  console.log(
    `file → answering dashboard: ${seconds(total)} (${steps.join(', ')}; charts ${(first.charts * 1000).toFixed(0)} ms)`,
  );
  console.log(`  loader: at most ${Math.round(first.megabytes)} MB, ${seconds(first.cpuSeconds)} of CPU`);
  const waits = `median ${ms(median(first.live))}, p99 ${ms(percentile(first.live, 0.99))}, at most ${ms(Math.max(...first.live))}`;
  console.log(`  live events stored meanwhile: ${first.live.length}, ${waits}`);
  console.log(
    `usual text COPY, then charts over raw rows: ${seconds(usualTotal)} (COPY ${seconds(text.load)}, charts ${seconds(text.charts)})`,
  );
  console.log(
    `  ratio ${(usualTotal / total).toFixed(1)} (wanted: at least 5); COPY alone ${(text.load / total).toFixed(1)}`,
  );
  console.log(
    `table and key: ${megabytes(first.bytes)} against ${megabytes(text.bytes)}: ratio ${(first.bytes / text.bytes).toFixed(2)} ` +
      `(wanted: at most 0.62); with rollups ${((first.bytes + first.rollupBytes) / text.bytes).toFixed(2)}`,
  );
}

async function compareParsing(file: string): Promise<void> {
  await timeReading(file);
  const reading = await timeReading(file);
  const { seconds: parsing, rows } = await timeParsing(file);
  console.log(
    `reading the file ${seconds(reading)}, reading and parsing ${seconds(parsing)}: ${Math.round((100 * reading) / parsing)} % of ` +
      `the physical limit, ${(rows / parsing / 1e6).toFixed(2)} million rows/s`,
  );
}

async function compareExploring(file: string): Promise<void> {
  const { seconds: ours } = await exploreFile(file);
  const main = path.join(packageRoot, 'dist', 'src', 'main.js');
  const oursWithStart = await timed(() =>
    promisify(execFile)(process.execPath, [main, 'explore', '--json', file]),
  );
  const python = process.env.PYTHON ?? 'python3';
  const script = path.join(packageRoot, 'bench', 'seed', 'spark.py');
  const spark = await promisify(execFile)(python, [script, file]).catch(() => undefined);
  const [, asked, withStart] = /RESULT (\S+) (\S+)/.exec(spark?.stdout ?? '') ?? [];
  if (asked === undefined || withStart === undefined) {
    console.log(
      `explore ${seconds(ours)}, ${seconds(oursWithStart)} with its start; SKIPPED PySpark: ${python} has no pyspark (set PYTHON) or no Java`,
    );
    return;
  }
  const ratio = (theirs: string, own: number) => (Number(theirs) / own).toFixed(1);
  console.log(
    `explore ${seconds(ours)}, PySpark ${asked} s: ratio ${ratio(asked, ours)}; each as a process with its start ` +
      `${seconds(oursWithStart)}, ${withStart} s: ratio ${ratio(withStart, oursWithStart)}`,
  );
}

const data = dataFolder();
try {
  const file = path.join(data.folder, 'product.csv');
  console.log(`replica of ${ROWS.toLocaleString('en')} rows: ${seconds(await makeFile(file))}`);
  await compareParsing(file);
  await compareLoads(file);
  await compareExploring(file);
} finally {
  data.remove();
}
