// The dataset's commands as a user gives them: what they print and the exit code.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { HEADER } from '../../seed/published.ts';
import { runHere } from '../support/command.ts';
import { emptyDatabase, migratedDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { countEvents } from './count-events.ts';
import { fileOf, replicaFile, replicaText, rowsOf } from './support.ts';

it('seed loads a file and says how many rows it has added, 1 where some were set aside', async () => {
  const { url, pool } = await migratedDatabase();
  const good = await runHere(['seed', await replicaFile(50), '--database-url', url]);
  expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/\.csv: 50 rows added in /) });
  const bad = await fileOf(`${HEADER}\nx,y\n${rowsOf(1, 9_000)[0]}\n`, 'bad.csv');
  const ended = await runHere(['seed', bad], { DATABASE_URL: url });
  expect(ended).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('bad.csv, line 2: received 2 fields'),
  });
  expect(await countEvents(pool)).toBe(51);
});

it('seed --strict loads nothing of a file with a bad row, and says which in one line', async () => {
  const { url, pool } = await migratedDatabase();
  const bad = await fileOf(`${HEADER}\nx,y\n${rowsOf(1)[0]}\n`, 'bad.csv');
  const ended = await runHere(['seed', bad, '--strict'], { DATABASE_URL: url });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toContain(
    'shopstream: bad.csv, line 2: received 2 fields, expected 8 fields (nothing was loaded)',
  );
  expect(await countEvents(pool)).toBe(0);
});

it('seed without a file loads the sample into a database that it migrates first, and not a second time', async () => {
  const url = await emptyDatabase();
  const first = await runHere(['seed'], { DATABASE_URL: url, TIME_ZONE: 'Asia/Tokyo' });
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^sample: 20,000 rows added/) });
  const second = await runHere(['seed'], { DATABASE_URL: url });
  expect(second.stdout).toBe('Something was loaded before: the sample is not needed.\n');
});

it('verify is 1 where a cell differs from what is published, and says how many do', async () => {
  const { url } = await migratedDatabase();
  const ended = await runHere(['verify'], { DATABASE_URL: url });
  expect(ended).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('28 of 30 cells differ: 0 rows loaded'),
  });
});

it('explore prints its answers as tables, or as JSON', async () => {
  const file = await replicaFile(50);
  const tables = await runHere(['explore', file]);
  expect(tables).toMatchObject({ code: 0, stdout: expect.stringContaining('50 rows, order_id is unique') });
  const { stdout } = await runHere(['explore', file, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ file, rows: 50, order_id_is_unique: true });
});

it('replica writes into the file that it is given, and nothing to standard output', async () => {
  const file = path.join(temporaryFolder(), 'product.csv');
  const ended = await runHere(['replica', '--rows', '50', '--seed', '3', '--out', file]);
  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(readFileSync(file).equals(replicaText(50, 3))).toBe(true);
});

it('a file that can not be written for a replica is exit code 1 and one line', async () => {
  const file = path.join(temporaryFolder(), 'no', 'product.csv');
  const ended = await runHere(['replica', '--rows', '50', '--out', file]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/^shopstream: [^\n]*ENOENT[^\n]*\n$/);
});

it('a database that does not answer is told without its password', async () => {
  const ended = await runHere(['verify'], { DATABASE_URL: 'postgres://me:s3cret@127.0.0.1:1/db' });
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  expect(ended.stderr).toMatch(
    /^shopstream: DATABASE_URL: no PostgreSQL answers at 127\.0\.0\.1:1 [^\n]*\n$/,
  );
  expect(ended.stderr).not.toContain('s3cret');
});
