// What a log line may hold, and how often one comes.

import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { errorFields } from '../../src/runtime/error-fields.ts';
import { createLog } from '../../src/runtime/log.ts';
import type { LogLevel } from '../../src/runtime/log-levels.ts';
import { eventually } from '../support/eventually.ts';

/** A log, and the lines that it has written. */
function written(level: LogLevel = 'info') {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('test', level, false, {
    write: (line: string) => {
      lines.push(JSON.parse(line));
    },
  });
  return { log, lines };
}

it('an error of a lost Postgres connection is logged without the client that pg hangs on it', async () => {
  const { log, lines } = written();
  const pool = new pg.Pool({ connectionString: inject('databaseUrl') });
  const lost = new Promise<Error>((resolve) => pool.on('error', resolve));
  const client = await pool.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  client.release();
  const other = new pg.Client({ connectionString: inject('databaseUrl') });
  await other.connect();
  await other.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
  const error = await lost;
  await Promise.all([other.end(), pool.end()]);
  expect(error).toHaveProperty('client.secretKey');
  log.warn({ err: error }, 'lost');
  log.warn({ error }, 'lost, as the broker says it');
  for (const line of lines) {
    const { err = line.error } = line;
    expect(Object.keys(err as object).sort()).toEqual(
      ['code', 'message', 'routine', 'severity', 'stack', 'type'].sort(),
    );
    expect(JSON.stringify(line)).not.toMatch(/secretKey|password|connectionParameters/);
  }
  expect(lines).toHaveLength(2);
});

it('an error of a row is logged without the row', async () => {
  const client = new pg.Client({ connectionString: inject('databaseUrl') });
  await client.connect();
  await client.query(`CREATE TEMP TABLE secrets (id text PRIMARY KEY)`);
  await client.query(`INSERT INTO secrets VALUES ('a name')`);
  const error = await client.query(`INSERT INTO secrets VALUES ('a name')`).catch((thrown) => thrown);
  await client.end();
  expect(error.detail).toContain('a name');
  const fields = errorFields(new Error('not stored', { cause: new AggregateError([error], 'several') }));
  expect(fields).toMatchObject({
    message: 'not stored',
    cause: { message: 'several', errors: [{ code: '23505', table: 'secrets', constraint: 'secrets_pkey' }] },
  });
  expect(JSON.stringify(fields)).not.toContain('a name');
});

it('a warning that comes again and again is written once and then counted', async () => {
  const { log, lines } = written();
  for (let time = 0; time < 500; time += 1) log.warn({ time }, `closed: a frame of ${time} bytes`);
  log.error('another');
  log.info('told each time');
  log.info('told each time');
  expect(lines.map(({ msg }) => msg)).toEqual([
    'closed: a frame of 0 bytes',
    'another',
    'told each time',
    'told each time',
  ]);
  const counted = await eventually(() => lines[4]);
  expect(counted).toMatchObject({ msg: 'closed: a frame of 499 bytes', times: 499, time: 499, level: 40 });
  // Silent for a second, it is news again; what came once is not counted.
  await sleep(2_500);
  expect(lines).toHaveLength(5);
  log.error('another');
  expect(lines[5]).toMatchObject({ msg: 'another' });
  expect(lines[5]).not.toHaveProperty('times');
});

it('however many different warnings come, a second has a bounded number of lines', () => {
  const { log, lines } = written();
  const letters = (n: number): string =>
    n === 0 ? '' : letters(Math.floor(n / 26)) + String.fromCharCode(97 + (n % 26));
  for (let n = 1; n <= 5_000; n += 1) log.warn(`from ${letters(n)}`);
  expect(lines.length).toBeLessThan(150);
});
