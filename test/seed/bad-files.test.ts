// Every way in which a file can be no good, each with a message that says what came and what was expected.

import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { HEADER } from '../../seed/published.ts';
import { loadSample } from '../../seed/sample.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { countEvents } from './count-events.ts';
import { fileOf, rowsOf, zipOf } from './support.ts';

const { pool } = await migratedDatabase();

const load = (file: string, strict = false) => loadFile({ pool, log: testLog, file, strict });

/** Nothing is loaded, and nothing lies about. */
async function expectRefused(file: string, code: string, ...words: string[]): Promise<void> {
  const before = await countEvents(pool);
  const error: unknown = await load(file).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'DatasetError', code });
  for (const word of words) expect(String(error)).toContain(word);
  expect(await countEvents(pool)).toBe(before);
  expect((await pool.query('TABLE unfinished_load')).rows).toEqual([]);
}

describe('a file that is refused as a whole', () => {
  const [first = ''] = rowsOf(1);

  it('refuses a file that does not exist', () =>
    expectRefused('/nowhere/product.csv', 'FILE_MISSING', '/nowhere/product.csv'));
  it('refuses a folder', () => expectRefused(tmpdir(), 'FILE_IS_FOLDER', tmpdir(), 'expected a CSV file'));
  it('refuses an empty file', async () =>
    expectRefused(await fileOf(''), 'FILE_EMPTY', 'expected a CSV file with a header'));
  it('refuses an empty file in a zip', async () => expectRefused(await fileOf(gzipSync('')), 'FILE_EMPTY'));
  it('refuses a file with nothing but a header', async () =>
    expectRefused(await fileOf(`${HEADER}\n`), 'NO_ROWS', 'expected at least one row'));
  it('refuses a file without a good row', async () =>
    expectRefused(
      await fileOf(`${HEADER}\nx,y\n`),
      'NO_ROWS',
      'none of whose 1 rows is good',
      'line 2',
      '2 fields',
    ));

  it('refuses a file with another header', async () =>
    expectRefused(
      await fileOf(`id,name\n1,x\n`),
      'WRONG_HEADER',
      '"id,name"',
      `expected the columns ${HEADER}`,
    ));
  it('refuses a file whose header lacks a column', async () =>
    expectRefused(
      await fileOf(`${HEADER.replace(',target', '')}\n${first}`),
      'WRONG_HEADER',
      'which lacks target',
    ));
  it.each([
    ['a column twice', `${HEADER},time`, 'which has time twice'],
    ['a column too many', `${HEADER},price`, 'with "price", which the dataset does not have'],
    [
      'an index that is not the first column',
      `${HEADER},Unnamed: 0`,
      'with "unnamed: 0", which the dataset does not have',
    ],
    ['a quote that stays open', `"${HEADER}`, 'whose quotes do not pair'],
    ['another delimiter', HEADER.replaceAll(',', ':'), 'which is not the header of the dataset'],
  ])('one whose header has %s', async (_, header, rule) =>
    expectRefused(await fileOf(`${header}\n`), 'WRONG_HEADER', rule, `expected the columns ${HEADER}`),
  );
  it('refuses a file without a header', async () =>
    expectRefused(await fileOf(`${first}\n`), 'WRONG_HEADER', first.slice(0, 20)));

  it('refuses a file in UTF-16', async () =>
    expectRefused(
      await fileOf(Buffer.from(`\uFEFF${HEADER}\n${first}\n`, 'utf16le')),
      'WRONG_ENCODING',
      'UTF-16',
      'UTF-8',
    ));
  it('refuses a file in UTF-16 without a byte order mark', async () =>
    expectRefused(await fileOf(Buffer.from(`${HEADER}\n${first}\n`, 'utf16le')), 'WRONG_ENCODING', 'UTF-8'));

  it('refuses gzip that ends too early', async () => {
    const whole = gzipSync(Buffer.from(`${HEADER}\n${rowsOf(5_000).join('\n')}\n`));
    await expectRefused(
      await fileOf(whole.subarray(0, whole.length / 2)),
      'FILE_TRUNCATED',
      'ends too early',
    );
  });
  it('refuses gzip with a wrong byte', async () => {
    const whole = gzipSync(Buffer.from(`${HEADER}\n${rowsOf(5_000).join('\n')}\n`));
    randomBytes(64).copy(whole, whole.length / 2);
    await expectRefused(await fileOf(whole), 'FILE_DAMAGED', 'damaged');
  });
  it('refuses a zip with a wrong byte', async () => {
    const zip = zipOf({ 'product.csv': Buffer.from(`${HEADER}\n${rowsOf(2_000).join('\n')}\n`) });
    const checksum = zip.indexOf('PK\x01\x02') + 16;
    zip.writeUInt8(zip.readUInt8(checksum) ^ 1, checksum);
    await expectRefused(await fileOf(zip), 'FILE_DAMAGED', 'checksum', 'fetch it again');
  });
  it('refuses a zip that ends too early', async () =>
    expectRefused(await fileOf(Buffer.from('PK\x03\x04 and no more')), 'FILE_DAMAGED', 'no whole zip'));

  it('refuses a file that this user may not read', async () => {
    const file = await fileOf(`${HEADER}\n${first}\n`);
    await chmod(file, 0o000);
    // Root may read everything: it becomes somebody else for a moment.
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      await expectRefused(file, 'FILE_DENIED', 'this user may not read');
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  });

  it('leaves the sample where it is when a file is refused', async () => {
    const { pool: fresh } = await migratedDatabase();
    await loadSample(fresh, testLog);
    await expect(loadFile({ pool: fresh, log: testLog, file: await fileOf('a,b\n') })).rejects.toThrow();
    expect(await countEvents(fresh)).toBe(20_000);
    await expectRollupsEqualEvents(fresh);
  });
});

describe('a file that is unusual and good', () => {
  let next = 100;
  /** Rows that no other test has loaded. */
  const fresh = (count: number) => {
    next += 1_000;
    return rowsOf(count, next);
  };
  const loads = async (content: Buffer | string, added: number) => {
    const before = await countEvents(pool);
    expect(await load(await fileOf(content))).toMatchObject({ added, rejected: 0 });
    expect(await countEvents(pool)).toBe(before + added);
  };

  it('loads a file that begins with a byte order mark', () =>
    loads(`\uFEFF${HEADER}\n${fresh(3).join('\n')}\n`, 3));
  it('loads a file whose lines end as on Windows', () =>
    loads(`${HEADER}\r\n${fresh(3).join('\r\n')}\r\n`, 3));
  it('loads a file without a line end at its end', () => loads(`${HEADER}\n${fresh(3).join('\n')}`, 3));
  it('loads a file that ends with empty lines', () => loads(`${HEADER}\n${fresh(3).join('\n')}\n\n\r\n`, 3));
  it('loads a file of one row', () => loads(`${HEADER}\n${fresh(1).join('\n')}\n`, 1));
  const columns = HEADER.split(',');
  /** The same rows with something done to each of their fields, and to their header. */
  const respelled = (count: number, change: (fields: string[]) => string[], delimiter = ',') =>
    [HEADER, ...fresh(count)].map((line) => change(line.split(',')).join(delimiter)).join('\n');
  const timeAt = columns.indexOf('time');
  const changed = (at: number, change: (text: string) => string) => (fields: string[]) =>
    fields.map((text, index) => (index === at && text !== columns[at] ? change(text) : text));

  it.each([';', '\t', '|'])('loads a file with the delimiter %j', (delimiter) =>
    loads(
      respelled(3, (fields) => fields, delimiter),
      3,
    ),
  );
  it('loads a file with its columns in another order', () =>
    loads(
      respelled(3, (fields) => fields.reverse()),
      3,
    ));
  it.each(['', 'Unnamed: 0', 'index'])('loads a file with the row numbers of pandas under %j', (name) =>
    loads(
      respelled(3, (fields) => [fields[0] === 'order_id' ? name : '7', ...fields]),
      3,
    ),
  );
  it('loads targets that are decimal numbers', () =>
    loads(
      respelled(
        30,
        changed(7, (text) => `${text}.0`),
      ),
      30,
    ));
  it('loads decimal targets as some countries write them', () =>
    loads(
      respelled(
        30,
        changed(7, (text) => `${text},0`),
        ';',
      ),
      30,
    ));
  it.each([
    ['T', ''],
    ['T', 'Z'],
    [' ', '.000'],
    ['T', '.000000+00:00'],
  ])('has times in ISO 8601: a %s, and %j at their end', (between, end) =>
    loads(
      respelled(
        3,
        changed(timeAt, (text) => text.replace(' ', between) + end),
      ),
      3,
    ),
  );
  it('loads ids in capitals, or with dashes', async () => {
    await loads(
      respelled(
        3,
        changed(0, (id) => id.toUpperCase()),
      ),
      3,
    );
    const dashed = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    await loads(respelled(3, changed(1, dashed)), 3);
  });
  it('loads a file with all of these oddities at once', () => {
    const withT = changed(timeAt, (text) => text.replace(' ', 'T'));
    const index = (fields: string[]) => (fields[0] === 'order_id' ? '""' : '"7"');
    return loads(
      respelled(3, (fields) => [index(fields), ...withT(fields).reverse()], '\t'),
      3,
    );
  });
  it('finds the line of a repeated row with other content in another layout too', async () => {
    const [row = ''] = fresh(1);
    const lines = [row, row.replace(/,2019-\d\d-\d\d/, ',2019-03-03')].map((line) =>
      line.split(',').reverse().join(';'),
    );
    const file = await fileOf([columns.toReversed().join(';'), ...lines].join('\n'));
    expect((await load(file)).rejects).toEqual([expect.objectContaining({ line: 3, column: 'order_id' })]);
  });
  it('loads a file with blank lines before its header, and counts them as lines', async () => {
    const file = await fileOf(`\n\r\n${HEADER}\n${fresh(1).join('\n')}\nx\n`);
    expect(await load(file)).toMatchObject({ added: 1, rejects: [{ line: 5 }] });
  });
  it('loads fields in quotes', () =>
    loads(`${HEADER}\n${fresh(3).join('\n')}\n`.replace(/[^,\n]+/g, '"$&"'), 3));
  it('loads the shop’s product in place of company', () =>
    loads(
      `${HEADER}\n${fresh(1)
        .join('\n')
        .replace(/,(accessories|clothes|company|sneakers|sports_nutrition),/, ',electronics,')}\n`,
      1,
    ));
});

describe('a bad row', () => {
  const [good = '', other = ''] = rowsOf(2, 900_000);
  const field = (index: number, value: string) =>
    good
      .split(',')
      .map((text, at) => (at === index ? value : text))
      .join(',');
  const id = good.slice(0, 32);

  it.each([
    ['too few fields', 'a,b', null, 'received 2 fields, expected 8 fields'],
    ['an empty line between others', '', null, 'received an empty line, expected 8 fields'],
    [
      'an unknown product',
      field(3, 'boats'),
      'product',
      'received "boats", expected accessories, clothes, electronics, sneakers, sports_nutrition or company',
    ],
    ['10 MB', `${good}${'x'.repeat(10 * 1024 * 1024)}`, null, 'expected at most 65536'],
    ['a NUL', field(3, 'clo\0thes'), 'product', 'expected accessories'],
  ])('with %s is set aside with file, line, column and reason', async (_, line, column, reason) => {
    const file = await fileOf(`${HEADER}\n${line}\n${other}\n`);
    const result = await load(file);
    expect(result).toMatchObject({ rejected: 1 });
    expect(result.rejects).toEqual([
      {
        file: path.basename(file),
        line: 2,
        column,
        reason: expect.stringContaining(reason),
        content: expect.anything(),
      },
    ]);
    expect((await pool.query('SELECT FROM events WHERE order_id = $1', [id])).rowCount).toBe(0);
  });

  it('ends a strict load, and nothing is loaded', async () => {
    const file = await fileOf(`${HEADER}\n${rowsOf(3, 800_000).join('\n')}\n${field(3, 'boats')}\n`);
    const before = await countEvents(pool);
    await expect(load(file, true)).rejects.toMatchObject({
      code: 'BAD_ROW',
      message: expect.stringMatching(
        /, line 5, product: received "boats", expected .* \(nothing was loaded\)/,
      ),
    });
    expect(await countEvents(pool)).toBe(before);
  });

  it('keeps bad rows by the thousand, and loads the others', async () => {
    const good = rowsOf(12_000, 700_000);
    const file = await fileOf(`${HEADER}\n${good.map((row, at) => (at % 2 === 0 ? row : 'x')).join('\n')}\n`);
    expect(await load(file)).toMatchObject({ added: 6_000, rejected: 6_000 });
    const { rows } = await pool.query(
      'SELECT count(*) AS count, min(line) AS first, max(line) AS last FROM rejected_rows WHERE file = $1',
      [path.basename(file)],
    );
    expect(rows).toEqual([{ count: 6_000, first: 3, last: 12_001 }]);
  });
});

describe.each([
  ['merged', 40],
  ['published', 26_000],
])('a repeated order_id in a file that is %s', (_, count) => {
  const rows = rowsOf(count);
  const [first = '', second = ''] = rows;
  const changed = second.replace(/,2019-\d\d-\d\d/, ',2019-03-03');
  const content = `${HEADER}\n${rows.join('\n')}\n${first}\n${changed}\n`;

  it('is nothing new with the same content, and set aside with other content', async () => {
    const { pool: fresh } = await migratedDatabase();
    const result = await loadFile({
      pool: fresh,
      log: testLog,
      file: await fileOf(content, `repeats-${count}.csv`),
    });
    expect(result).toMatchObject({ added: count, present: 1, rejected: 1 });
    expect(result.rejects).toEqual([
      {
        file: `repeats-${count}.csv`,
        line: count + 3,
        column: 'order_id',
        reason: `received "${changed.slice(0, 32)}" again with other content, expected one row an id`,
        content: expect.stringContaining('2019-03-03'),
      },
    ]);
    await expectRollupsEqualEvents(fresh);
  });

  it('ends a strict load, and nothing is loaded', async () => {
    const { pool: fresh } = await migratedDatabase();
    const file = await fileOf(content);
    await expect(loadFile({ pool: fresh, log: testLog, file, strict: true })).rejects.toMatchObject({
      code: 'BAD_ROW',
      message: expect.stringContaining(`line ${count + 3}, order_id`),
    });
    expect(await countEvents(fresh)).toBe(0);
  });
});
