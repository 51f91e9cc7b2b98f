// npm run bench:sessions — sessions of files of clicks, whole processes, both profiles, in one run: `npm run sessions` beside
// zcat, the original's PySpark job, Spark's DataFrame windows and DuckDB's Python package on the same statements.
// ROWS (default 5,000,000 in five files), ROUNDS (default 3); PYTHON names an interpreter with pyspark and duckdb.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../src/runtime/paths.ts';
import { findInputs, type Input } from '../src/sessions/batch/inputs.ts';
import { eventsSql, insertAll } from '../src/sessions/batch/read.ts';
import { queryText, STAGES, stageSql } from '../src/sessions/batch/statements.ts';
import { writeClicks } from '../src/sessions/clicks/write.ts';
import { PROFILES, type Profile } from '../src/sessions/options.ts';
import { median } from './statistics.ts';

const ROWS = Number(process.env.ROWS ?? 5_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const PYTHON = process.env.PYTHON ?? 'python3';
const PARTS = 5;
const GAP_MS = 1_800_000;

type Contestant = { readonly name: string; readonly run: () => Promise<unknown> };

const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-bench-'));
const execute = (file: string, args: readonly string[]) =>
  promisify(execFile)(file, args, {
    maxBuffer: 64 * 1024 ** 2,
    env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1' },
  });
const python = (script: string, args: readonly string[]) =>
  execute(PYTHON, [path.join(packageRoot, 'bench', 'sessions', script), ...args]);
const sessions = (args: readonly string[]) =>
  execute(process.execPath, [path.join(packageRoot, 'dist', 'src', 'main.js'), 'sessions', ...args]);

/** Writes the statements of `sessions` to a file, for another program. */
function statementsFile(profile: Profile, inputs: readonly Input[]): string {
  const file = path.join(folder, `${profile}.json`);
  const names = inputs.map((input) => `(${input.file}, '${input.name}')`).join(', ');
  const wanted = { ids: 'hashed', kinds: true } as const;
  const statements = {
    config: { memory_limit: '1.8GB', preserve_insertion_order: 'false' },
    before: [
      eventsSql(wanted),
      `CREATE TABLE files AS SELECT * FROM (VALUES ${names}) AS named(file, name)`,
      `CREATE TABLE settings AS SELECT ${GAP_MS}::BIGINT AS gap_limit_ms, 1 AS with_single`,
    ],
    read: inputs.map((input) => insertAll(input.path, input, wanted, true)),
    after: STAGES.flatMap((stage) =>
      stage === 'steps' ? [stageSql(stage), 'DROP TABLE events'] : [stageSql(stage)],
    ),
    ask: [queryText('answer_files'), queryText('answer_values'), queryText('answer_medians')],
  };
  writeFileSync(file, JSON.stringify(statements));
  return file;
}

async function hasModules(): Promise<boolean> {
  return execute(PYTHON, ['-c', 'import pyspark, duckdb']).then(
    () => true,
    () => false,
  );
}

async function compare(profile: Profile, withPython: boolean): Promise<void> {
  const paths = await writeClicks({
    profile,
    seed: 1,
    rows: ROWS,
    parts: PARTS,
    folder: path.join(folder, profile),
  });
  const statements = statementsFile(profile, findInputs(paths));
  const halves = [paths.filter((_, n) => n % 2 === 0), paths.filter((_, n) => n % 2 === 1)];
  const contestants: Contestant[] = [
    { name: 'zcat, one process', run: () => execute('sh', ['-c', `zcat ${paths.join(' ')} > /dev/null`]) },
    {
      name: 'zcat, two processes',
      run: () =>
        Promise.all(halves.map((half) => execute('sh', ['-c', `zcat ${half.join(' ')} > /dev/null`]))),
    },
    { name: 'sessions --answer files', run: () => sessions([...paths, '--answer', 'files']) },
    { name: 'sessions, all three', run: () => sessions(paths) },
    ...(withPython
      ? [
          { name: 'DuckDB from Python, all three', run: () => python('duckdb_python.py', [statements]) },
          { name: 'Spark windows, all three', run: () => python('spark_windows.py', paths) },
          { name: "the original's job, answer 1", run: () => python('original.py', paths) },
        ]
      : []),
  ];
  const taken = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const { name, run } of order) {
      const began = performance.now();
      await run();
      taken.get(name)?.push((performance.now() - began) / 1000);
    }
  }
  const seconds = (name: string) => median(taken.get(name) ?? []);
  console.log(
    `\n${profile}: ${ROWS.toLocaleString('en')} clicks in ${PARTS} files, medians of ${ROUNDS} rounds`,
  );
  for (const { name } of contestants)
    console.log(`  ${name.padEnd(32)}${seconds(name).toFixed(2).padStart(8)} s`);
  const ratio = (label: string, over: string, under: string) =>
    console.log(`  ${label.padEnd(48)}${(seconds(over) / seconds(under)).toFixed(2).padStart(8)}`);
  ratio('all three / zcat, one process', 'sessions, all three', 'zcat, one process');
  ratio('zcat, two processes / all three (share of limit)', 'zcat, two processes', 'sessions, all three');
  if (!withPython) return;
  ratio('all three / DuckDB from Python', 'sessions, all three', 'DuckDB from Python, all three');
  ratio('Spark windows / all three', 'Spark windows, all three', 'sessions, all three');
  ratio("the original's job / answer 1", "the original's job, answer 1", 'sessions --answer files');
}

try {
  const withPython = await hasModules();
  if (!withPython)
    console.warn(`${PYTHON} has no pyspark and duckdb: without Spark and DuckDB's Python package`);
  for (const profile of PROFILES) await compare(profile, withPython);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
