// Batch aggregation beside DuckDB's GROUP BY and pandas, on one CSV file: 100,000 groups, five aggregates, timed from the
// start of the work to the rows: a bare GROUP BY of doubles, whose rows stay in memory, and the same work as ours, exact decimals whose
// rows are in the same PostgreSQL. But for pandas with Python's decimals, they are told how many digits amounts have; the lines that a
// row came of, and a run that goes on after a kill, neither has. Medians of the rounds; each goes first in every other one.
// Benthos, the open engine of Redpanda Connect, holds a window in memory: it gets 200,000 records, with as many in a group.
//   ROWS=10000000 ROUNDS=3 PYTHON=python3 GO=go npm run bench:aggregator      without pandas or Go theirs is left out

import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { from as copyFrom } from 'pg-copy-streams';
import { runBatch } from '../src/aggregator/batch/run.ts';
import { checkValue } from '../src/aggregator/definition/read.ts';
import { startEmbeddedPostgres } from '../src/db/embedded/server.ts';
import { migrate } from '../src/db/migrate.ts';
import { openPool } from '../src/db/pool.ts';
import { createLog } from '../src/runtime/log.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { freePort } from '../test/support/ports.ts';
import { median } from './statistics.ts';

const ROWS = Number(process.env.ROWS ?? 10_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const GROUPS = 100_000;
/** An interpreter with pandas. */
const PYTHON = process.env.PYTHON ?? 'python3';
const GO = process.env.GO ?? 'go';
const GOALS: Readonly<Record<string, string>> = { duckdb: ' (goal 0.30)', pandas: ' (goal 3)' };
const WINDOW_ROWS = Math.min(ROWS, 200_000);
const WINDOW_GROUPS = WINDOW_ROWS / 100;
const LINES_PER_WRITE = 10_000;

const definition = checkValue({
  name: 'bench',
  group: { fields: ['account'] },
  aggregate: [
    { field: 'amount', operation: 'SUM' },
    { field: 'amount', operation: 'MIN' },
    { field: 'amount', operation: 'MAX' },
    { field: 'amount', operation: 'AVERAGE' },
    { operation: 'COUNT' },
  ],
  flush: { by: 'END_OF_STREAM' },
});
const SQL = (file: string) => `SELECT account, sum(amount), min(amount), max(amount), avg(amount), count(*)
  FROM read_csv('${file}', header = true) GROUP BY account`;
const PANDAS = `
import sys, pandas
frame = pandas.read_csv(sys.argv[1])
print(len(frame.groupby('account').agg({'amount': ['sum', 'min', 'max', 'mean', 'count']})))
`;

/** The mean is PostgreSQL's, of exact sums: neither DuckDB nor pandas has an exact one. */
const TABLE = `CREATE TABLE bench_rows (account text, sum numeric, min numeric, max numeric, count bigint,
  mean numeric GENERATED ALWAYS AS (sum / count) STORED)`;
const EXACT_SQL = (file: string, rows: string) => `COPY (
  SELECT account, sum(amount), min(amount), max(amount), count(*)
  FROM read_csv('${file}', header = true, types = {'amount': 'DECIMAL(15, 2)'}) GROUP BY account) TO '${rows}' (HEADER false)`;
const grouped = (amounts: string) => `
by = frame.assign(amount=${amounts}).groupby('account')['amount']
rows = pandas.DataFrame({'sum': by.sum(), 'min': by.min(), 'max': by.max(), 'count': by.count()})
`;
/** As exact as ours: of decimals, or of hundredths, which a double has all digits of up to 2^53. */
const PANDAS_DECIMALS = `
import sys, pandas
from decimal import Decimal
frame = pandas.read_csv(sys.argv[1], usecols=['account', 'amount'], dtype={'amount': str})
${grouped("frame['amount'].map(Decimal)")}
rows.to_csv(sys.argv[2], header=False)
`;
const PANDAS_HUNDREDTHS = `
import sys, pandas
frame = pandas.read_csv(sys.argv[1], usecols=['account', 'amount'])
${grouped("(frame['amount'] * 100).round().astype('int64')")}
for name in ['sum', 'min', 'max']:
    units = rows[name].abs()
    signs = (rows[name] < 0).map({True: '-', False: ''})
    rows[name] = signs + (units // 100).astype(str) + '.' + (units % 100).astype(str).str.zfill(2)
rows.to_csv(sys.argv[2], header=False)
`;

async function writeFile(file: string, rows: number, groups: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('account,time,category,amount\n');
  for (let row = 0; row < rows; row += LINES_PER_WRITE) {
    let lines = '';
    for (let at = row; at < Math.min(row + LINES_PER_WRITE, rows); at += 1) {
      const account = (at * 7_919) % groups;
      lines += `account-${account},2024-01-01T00:00:00.000Z,sneakers,${(at * 31) % 10_000}.${10 + (at % 90)}\n`;
    }
    if (!out.write(lines)) await new Promise((resolve) => out.once('drain', () => resolve(undefined)));
  }
  out.end();
  await finished(out);
}

/** Benthos over one window, in records/s; undefined where it can't be built. */
async function benthos(folder: string): Promise<number | undefined> {
  const program = path.join(folder, 'benthos');
  const source = path.join(packageRoot, 'bench', 'benthos');
  if (spawnSync(GO, ['build', '-o', program, '.'], { cwd: source, stdio: 'ignore' }).status !== 0)
    return undefined;
  const file = path.join(folder, 'window.csv');
  await writeFile(file, WINDOW_ROWS, WINDOW_GROUPS);
  const { stdout } = spawnSync(program, [file, String(WINDOW_ROWS)], { encoding: 'utf8' });
  const [, rows, took] = /^(\d+) rows ([\d.]+) seconds/.exec(stdout) ?? [];
  if (Number(rows) !== WINDOW_GROUPS) throw new Error(`Benthos gave ${stdout}`);
  return WINDOW_ROWS / Number(took);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-bench-'));
const log = createLog('bench', 'warn', false);
const server = await startEmbeddedPostgres(folder, await freePort(), log);
const pool = openPool(server.url, log);
try {
  await migrate(pool, log, 'UTC');
  const file = path.join(folder, 'records.csv');
  await writeFile(file, ROWS, GROUPS);
  const connection = await (await DuckDBInstance.create()).connect();
  const ours = () =>
    seconds(async () => {
      let rows = 0;
      const result = await runBatch({ pool, definition, files: [file], now: Date.now() }, async (some) => {
        rows += some.length;
      });
      if (rows !== Math.min(GROUPS, ROWS) || result.records !== ROWS)
        throw new Error(`received ${rows} rows`);
    });
  const duckdb = () => seconds(async () => (await connection.runAndReadAll(SQL(file))).getRows());
  const python = (program: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(PYTHON, ['-c', program, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`pandas: ${stderr}`);
  };
  /** Makes rows, and copies them into a table. */
  const stored = (make: (to: string) => unknown) =>
    seconds(async () => {
      const to = path.join(folder, 'rows.csv');
      await make(to);
      const client = await pool.connect();
      try {
        await client.query(`DROP TABLE IF EXISTS bench_rows; ${TABLE}`);
        const copy = client.query(
          copyFrom('COPY bench_rows (account, sum, min, max, count) FROM STDIN (FORMAT csv)'),
        );
        await pipeline(createReadStream(to), copy);
      } finally {
        client.release();
      }
    });
  /** What the rows that PostgreSQL has come to: the same for all whose sums are exact. */
  const stand = async (rows: string) => {
    const { rows: found } = await pool.query<{ stand: string }>(
      `SELECT count(*) || ' rows with ' || trim_scale(sum(sum)) || ' in all' AS stand FROM ${rows}`,
    );
    return found[0]?.stand;
  };
  const OURS = `(SELECT (row ->> 'sum_amount')::numeric AS sum FROM aggregator_results
    WHERE run = (SELECT max(id) FROM aggregator_runs)) AS ours`;
  const hasPandas = spawnSync(PYTHON, ['-c', 'import pandas']).status === 0;
  const contenders = {
    ours,
    duckdb,
    'duckdb, exact and stored': () => stored((to) => connection.run(EXACT_SQL(file, to))),
    ...(hasPandas
      ? {
          pandas: () => seconds(async () => python(PANDAS, file)),
          'pandas, decimals and stored': () => stored((to) => python(PANDAS_DECIMALS, file, to)),
          'pandas, hundredths and stored': () => stored((to) => python(PANDAS_HUNDREDTHS, file, to)),
        }
      : {}),
  };
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = Object.entries(contenders);
    for (const [name, measure] of round % 2 === 0 ? order : order.reverse()) {
      const took = await measure();
      if (name.includes('stored') && (await stand('bench_rows')) !== (await stand(OURS)))
        throw new Error(`${name}: received ${await stand('bench_rows')}, expected ${await stand(OURS)}`);
      const known = times[name] ?? [];
      known.push(took);
      times[name] = known;
      console.log(
        `${name.padEnd(29)} ${took.toFixed(2)} s  ${Math.round(ROWS / took).toLocaleString('en')} records/s`,
      );
    }
  }
  const of = (name: string) => median(times[name] ?? []);
  console.log(`\n${ROWS} records, ${GROUPS} groups, 5 aggregates, medians of ${ROUNDS}`);
  for (const name of Object.keys(contenders).filter((one) => one !== 'ours'))
    console.log(`speed beside ${name.padEnd(29)} ${(of(name) / of('ours')).toFixed(2)}${GOALS[name] ?? ''}`);
  if (!hasPandas) console.log('pandas is not installed here');
  const rate = await benthos(folder);
  console.log(
    rate === undefined
      ? 'Benthos can not be built here'
      : `speed beside Benthos ${(ROWS / of('ours') / rate).toFixed(2)} (${Math.round(rate).toLocaleString('en')} records/s over ${WINDOW_ROWS})`,
  );
} finally {
  await pool.end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
