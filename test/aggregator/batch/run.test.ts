// Runs over real files into a real database: the manual's telecom example, and bad input of all kinds. killed.whole kills runs.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { runBatch } from '../../../src/aggregator/batch/run.ts';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { MAIN, run } from '../../support/command.ts';
import { migratedDatabase } from '../../support/database.ts';
import { example, onFiles, rowsOf } from '../on-files.ts';

let url: string;
let pool: Pool;
beforeAll(async () => {
  ({ url, pool } = await migratedDatabase());
});
const { placeOf, file, aggregate } = onFiles(() => ({ DATABASE_URL: url }));

/** A region's 10,000 call records, of 100 subscribers. */
function calls(region: string): string {
  const lines = Array.from({ length: 10_000 }, (_, call) => `${region},${call % 100},${call % 7}.25`);
  return `region,subscriber,minutes\n${lines.join('\n')}\n`;
}

describe('the telecom example, four regions of 10,000 records', () => {
  let files: string[];
  beforeAll(() => {
    files = [
      file('north.csv', calls('north')),
      file('south.csv', calls('south')),
      file('east.csv.gz', gzipSync(calls('east'))),
      file('west.csv', calls('west').replaceAll('\n', '\r\n')),
    ];
  });

  it('the rows of each of four files are flushed when it ends, in the order of the files', async () => {
    const { code, stdout } = await run(['aggregate', example('telecom.yaml'), ...files], {
      DATABASE_URL: url,
    });
    const rows = rowsOf(stdout);
    expect(code).toBe(0);
    expect(rows).toHaveLength(400);
    expect([...new Set(rows.map(({ region }) => region))]).toEqual(['north', 'south', 'east', 'west']);
    expect(rows.every(({ meta }) => meta.flush_type === 'EACH_FILE')).toBe(true);
    const wanted = Array.from({ length: 100 }, (_, index) => ((index * 100 + 3) % 7) + 0.25);
    expect(rows[3]).toMatchObject({
      region: 'north',
      subscriber: '3',
      calls: 100,
      minutes: wanted.reduce((sum, value) => sum + value, 0),
      longest: 6.25,
    });
  });

  it('a run hands the rows of a file out before it reads the next', async () => {
    const text = readFileSync(example('telecom.yaml'), 'utf8').replace('name: telecom', 'name: at-once');
    const seen: string[] = [];
    const see = (what: string) => seen.at(-1) === what || seen.push(what);
    await runBatch(
      {
        pool,
        definition: readDefinition(text),
        files: files.slice(0, 2),
        now: 0,
        onProgress: ({ file: read }) => see(path.basename(read)),
      },
      async (rows) => void see(`${rows.length} rows`),
    );
    expect(seen).toEqual(['north.csv', '100 rows', 'south.csv', '100 rows']);
  });

  it('a run hands no row out before the last file is read, where the end of the stream is waited for', async () => {
    const text = readFileSync(example('telecom-once.yaml'), 'utf8').replace(
      'name: telecom-once',
      'name: at-last',
    );
    const seen: string[] = [];
    await runBatch(
      {
        pool,
        definition: readDefinition(text),
        files,
        now: 0,
        commitMs: 0,
        onProgress: ({ file: read }) =>
          void (seen.at(-1) === path.basename(read) || seen.push(path.basename(read))),
      },
      async (rows) => void seen.push(`${rows.length} rows`),
    );
    expect(seen).toEqual(['north.csv', 'south.csv', 'east.csv.gz', 'west.csv', '400 rows']);
  });

  it('40,000 records of four files are flushed once where the end of the stream is waited for', async () => {
    const { stdout } = await aggregate(example('telecom-once.yaml'), ...files);
    const rows = rowsOf(stdout);
    expect(rows).toHaveLength(400);
    expect(rows.every(({ meta }) => meta.flush_type === 'ALL_FILES')).toBe(true);
    expect(rows.reduce((sum, { calls: count }) => sum + Number(count), 0)).toBe(40_000);
  });

  it('a run gives CSV with the meta columns, to a file', async () => {
    const out = placeOf('out.csv');
    const { code } = await aggregate(
      example('telecom.yaml'),
      files[0] ?? '',
      '--format',
      'csv',
      '--out',
      out,
    );
    const [header, first] = readFileSync(out, 'utf8').split('\n');
    expect(code).toBe(0);
    expect(header).toMatch(/^region,subscriber,calls,minutes,longest,mean,meta_id,/);
    expect(first).toMatch(/^north,0,100,/);
  });
});

describe('a run', () => {
  const definition = (name: string, flush: string) =>
    file(
      `${name}.yaml`,
      `name: ${name}\ngroup: { fields: [user] }\naggregate: [{ field: price, operation: SUM }, { operation: COUNT }]\nflush: ${flush}\n`,
    );

  it('a run reads CSV, NDJSON and JSON alike, but for the types of their values, with all digits', async () => {
    const inputs = [
      file('a.csv', '\ufeffuser,price\r\n"a ""b""\nc",1\r\n\r\n7,9007199254740993.01\r\n'),
      file('a.ndjson', '{"user":7,"price":9007199254740993.01}\n\n{"user":7.0,"price":"1e1"}'),
      file('a.json', '[{"user":"7","price":1},\n {"user":null,"price":2},{"price":3,"x":"]}"}]'),
    ];
    const { code, stdout } = await aggregate(definition('formats', '{ by: END_OF_STREAM }'), ...inputs);
    expect(code).toBe(0);
    const texts = stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/,"meta".*/, ''));
    expect(texts).toEqual([
      '{"user":"a \\"b\\"\\nc","sum_price":1,"count":1',
      '{"user":"7","sum_price":9007199254740994.01,"count":2',
      '{"user":7,"sum_price":9007199254741003.01,"count":2',
      '{"user":null,"sum_price":5,"count":2',
    ]);
  });

  it('a run sets aside what is bad, says where, goes on, and ends with 1', async () => {
    const gzip = gzipSync(
      `user,price\n${Array.from({ length: 20_000 }, (_, n) => `g,${n % 10}\n`).join('')}`,
    );
    const inputs = [
      file('twice.csv', 'user,price,user\na,1,b\n'),
      file('bad.csv', 'user,price\nu,1\nu\nu,x\nu,0x10\nu,"1,000"\nu,2\nu,"open\n'),
      file('bad.ndjson', '{"user":"u","price":3}\n{"user"\n[1]\n{"user":"u\\u0000\\ud800","price":4}\n'),
      file('cut.csv.gz', gzip.subarray(0, gzip.length - 200)),
    ];
    const { code, stdout, stderr } = await aggregate(definition('bad', '{ by: END_OF_STREAM }'), ...inputs);
    expect(code).toBe(1);
    const rows = rowsOf(stdout);
    expect(rows[0]).toMatchObject({ user: 'u', sum_price: 6, count: 3 });
    expect(rows[1]).toMatchObject({ user: 'u\u0000\ud800', sum_price: 4 });
    expect(rows[2]?.count).toBeGreaterThan(100);
    expect(stderr).toContain('twice.csv:0 set aside: received a header with the column "user" twice');
    expect(stderr).toMatch(/bad\.csv:4 set aside: price: received "x", expected a decimal number/);
    const { rows: asides } = await pool.query(
      "SELECT source, position FROM aggregator_set_aside WHERE definition = 'bad'",
    );
    expect(asides).toHaveLength(9);
  });

  it('a field that a file does not have is missing: one group, and no number', async () => {
    const inputs = [file('other.csv', 'customer,price\na,1\nb,2\n'), file('free.csv', 'user\na\n')];
    const { code, stdout, stderr } = await aggregate(definition('other', '{ by: END_OF_STREAM }'), ...inputs);
    expect(code).toBe(1);
    expect(rowsOf(stdout)).toMatchObject([{ user: null, sum_price: 3, count: 2 }]);
    expect(stderr).toContain('free.csv:2 set aside: price: received no value, expected a decimal number');
  });

  it('a due session is flushed by the next run, before it reads anything', async () => {
    const hourly = definition('hourly', '{ by: TIMEOUT, timeout: { type: HOUR, hours: 1 } }');
    const input = file('hourly.csv', 'user,price\na,1\n');
    const first = await aggregate(hourly, input, '--now', '2024-01-01T00:00:00Z');
    const early = await aggregate(hourly, input, '--now', '2024-01-01T00:59:59Z');
    const late = await aggregate(hourly, input, '--now', '2024-01-01T01:00:00Z');
    expect([first.stdout, early.stdout]).toEqual(['', '']);
    expect(rowsOf(late.stdout)).toMatchObject([
      { user: 'a', sum_price: 2, meta: { flush_type: 'TIMEOUT', count: 2 } },
    ]);
  });

  it('a run over the same files once more, or of one file twice, has rows with ids of their own', async () => {
    const each = definition('twice', '{ by: END_OF_TRANSACTION }');
    const input = file('once.csv', 'user,price\na,1\n');
    const runs = [
      await aggregate(each, input, input, '--now', '2024-01-01T00:00:00Z'),
      await aggregate(each, input, '--now', '2024-01-01T00:00:00Z'),
    ];
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, '2 records, 0 set aside\n'],
      [0, '1 records, 0 set aside\n'],
    ]);
    const rows = runs.flatMap(({ stdout }) => rowsOf(stdout));
    expect(rows.map(({ sum_price }) => sum_price)).toEqual([1, 1, 1]);
    expect(new Set(rows.map(({ meta }) => meta.id)).size).toBe(3);
  });

  it('a large file read in several threads gives the rows and the lines of one thread', async () => {
    const lines = Array.from({ length: 20_000 }, (_, row) =>
      row % 997 === 0 ? `u${row},"odd\n""x"""` : `u${(row * 31) % 700},${row % 100}.5`,
    );
    const input = file('large.csv', `\ufeffuser,price\n${lines.join('\n')}\nu,1,2\nlast,1`);
    const rowsBy = async (threads: number) => {
      const text = readFileSync(definition(`by-${threads}`, '{ by: END_OF_STREAM }'), 'utf8');
      const rows: string[] = [];
      const result = await runBatch(
        {
          pool,
          definition: readDefinition(text),
          files: [input],
          now: 0,
          threads,
          stretchBytes: 20_000,
          commitMs: 0,
        },
        async (some) => void rows.push(...some),
      );
      const { rows: asides } = await pool.query<{ position: number; message: string }>(
        'SELECT position, message FROM aggregator_set_aside WHERE run = $1 ORDER BY seq',
        [result.run],
      );
      const plain = rows.map((row) => ({ ...JSON.parse(row), id: '', version: 0 }));
      for (const { meta } of plain) for (const name of ['id', 'definition']) delete meta[name];
      return { plain, asides, records: result.records, setAside: result.setAside };
    };
    const one = await rowsBy(1);
    expect(one.records).toBe(20_000 - 21 + 1);
    expect(one.asides).toHaveLength(22);
    expect(await rowsBy(3)).toEqual(one);
  });

  it('a run flushes more sessions at once than a call may have arguments, and hands them out in parts', async () => {
    const users = 130_000;
    const lines = Array.from({ length: users }, (_, user) => `${user},1\n`);
    const many = readDefinition(readFileSync(definition('many', '{ by: END_OF_STREAM }'), 'utf8'));
    const parts: number[] = [];
    await runBatch(
      { pool, definition: many, files: [file('many.csv', `user,price\n${lines.join('')}`)], now: 0 },
      async (some) => void parts.push(some.length),
    );
    expect(parts).toEqual(Array(users / 5_000).fill(5_000));
  });

  it('a run leaves its definition free for the next one, which may begin at once', async () => {
    const input = file('again.csv', 'user,price\na,1\n');
    const again = readDefinition(readFileSync(definition('again', '{ by: END_OF_STREAM }'), 'utf8'));
    const rows: string[] = [];
    for (let run = 0; run < 20; run += 1)
      await runBatch(
        { pool, definition: again, files: [input], now: 0 },
        async (some) => void rows.push(...some),
      );
    expect(rows).toHaveLength(20);
  });

  it('rows that the output does not take are kept for the next start, which is told in a line', async () => {
    const input = file('kept.csv', 'user,price\na,1\nb,2\n');
    const kept = definition('kept', '{ by: END_OF_STREAM }');
    const full = await aggregate(kept, input, '--out', '/dev/full');
    expect(full).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^--out \/dev\/full can't be written \(ENOSPC\); rows that [^\n]+\n$/),
    });
    for (const out of [path.dirname(input), path.join(path.dirname(input), 'none', 'rows')])
      expect(await aggregate(kept, input, '--out', out)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^received --out [^\n]+, which can't be written \(E\w+\)[^\n]+\n$/),
      });
    // A pipe whose reader is gone, as with `| head`.
    const { status, stderr } = spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        'set -o pipefail; "$@" | true',
        'bash',
        process.execPath,
        MAIN,
        'aggregate',
        kept,
        input,
      ],
      { env: { PATH: process.env.PATH, DATABASE_URL: url }, encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^standard output can't be written \(EPIPE\)[^\n]+\n$/),
    ]);
    const again = await aggregate(kept, input);
    expect([again.code, again.stderr]).toEqual([0, '2 records (resumed), 0 set aside\n']);
    expect(rowsOf(again.stdout)).toMatchObject([{ user: 'a' }, { user: 'b' }]);
  });

  it('a run says what is wrong with a definition or a file, before it begins', async () => {
    const missing = await aggregate(example('telecom.yaml'), placeOf('none.csv'));
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("doesn't exist")]);
    const bad = file('bad.yaml', 'name: x\n');
    expect((await aggregate(bad, file('x.csv', 'a\n'))).stderr).toContain(
      'bad.yaml:1:1 /group: received nothing',
    );
  });
});
