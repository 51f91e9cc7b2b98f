// Files that are another program's copy of the dataset: with other delimiters, orders, spellings and line ends, and all their rows.

import { describe, expect, it } from 'vitest';
import { loadFile } from '../../seed/load.ts';
import { HEADER } from '../../seed/published.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { countEvents } from './count-events.ts';
import { fileOf, rowsOf } from './support.ts';

const { pool } = await migratedDatabase();

const load = (file: string) => loadFile({ pool, log: testLog, file });

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

  it('loadFile loads a file that begins with a byte order mark', () =>
    loads(`\uFEFF${HEADER}\n${fresh(3).join('\n')}\n`, 3));
  it('loadFile loads a file whose lines end as on Windows', () =>
    loads(`${HEADER}\r\n${fresh(3).join('\r\n')}\r\n`, 3));
  it('loadFile loads a file without a line end at its end', () =>
    loads(`${HEADER}\n${fresh(3).join('\n')}`, 3));
  it('loadFile loads a file that ends with empty lines', () =>
    loads(`${HEADER}\n${fresh(3).join('\n')}\n\n\r\n`, 3));
  it('loadFile loads a file of one row', () => loads(`${HEADER}\n${fresh(1).join('\n')}\n`, 1));
  const columns = HEADER.split(',');
  /** The same rows with something done to each of their fields, and to their header. */
  const respelled = (count: number, change: (fields: string[]) => string[], delimiter = ',') =>
    [HEADER, ...fresh(count)].map((line) => change(line.split(',')).join(delimiter)).join('\n');
  const timeAt = columns.indexOf('time');
  const changed = (at: number, change: (text: string) => string) => (fields: string[]) =>
    fields.map((text, index) => (index === at && text !== columns[at] ? change(text) : text));

  it.each([';', '\t', '|'])('loadFile loads a file with the delimiter %j', (delimiter) =>
    loads(
      respelled(3, (fields) => fields, delimiter),
      3,
    ),
  );
  it('loadFile loads a file with its columns in another order', () =>
    loads(
      respelled(3, (fields) => fields.reverse()),
      3,
    ));
  it.each(['', 'Unnamed: 0', 'index'])(
    'loadFile loads a file with the row numbers of pandas under %j',
    (name) =>
      loads(
        respelled(3, (fields) => [fields[0] === 'order_id' ? name : '7', ...fields]),
        3,
      ),
  );
  it('loadFile loads targets that are decimal numbers', () =>
    loads(
      respelled(
        30,
        changed(7, (text) => `${text}.0`),
      ),
      30,
    ));
  it('loadFile loads decimal targets as some countries write them', () =>
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
  ])('loadFile loads times in ISO 8601 with a %j between and %j at their end', (between, end) =>
    loads(
      respelled(
        3,
        changed(timeAt, (text) => text.replace(' ', between) + end),
      ),
      3,
    ),
  );
  it('loadFile loads ids in capitals, or with dashes', async () => {
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
  it('loadFile loads a file with all of these oddities at once', () => {
    const withT = changed(timeAt, (text) => text.replace(' ', 'T'));
    const index = (fields: string[]) => (fields[0] === 'order_id' ? '""' : '"7"');
    return loads(
      respelled(3, (fields) => [index(fields), ...withT(fields).reverse()], '\t'),
      3,
    );
  });
  it('loadFile finds the line of a repeated row with other content in another layout too', async () => {
    const [row = ''] = fresh(1);
    const lines = [row, row.replace(/,2019-\d\d-\d\d/, ',2019-03-03')].map((line) =>
      line.split(',').reverse().join(';'),
    );
    const file = await fileOf([columns.toReversed().join(';'), ...lines].join('\n'));
    expect((await load(file)).rejects).toEqual([expect.objectContaining({ line: 3, column: 'order_id' })]);
  });
  it('loadFile loads a file with blank lines before its header, and counts them as lines', async () => {
    const file = await fileOf(`\n\r\n${HEADER}\n${fresh(1).join('\n')}\nx\n`);
    expect(await load(file)).toMatchObject({ added: 1, rejects: [{ line: 5 }] });
  });
  it('loadFile loads fields in quotes', () =>
    loads(`${HEADER}\n${fresh(3).join('\n')}\n`.replace(/[^,\n]+/g, '"$&"'), 3));
  it('loadFile loads the shop’s product in place of company', () =>
    loads(
      `${HEADER}\n${fresh(1)
        .join('\n')
        .replace(/,(accessories|clothes|company|sneakers|sports_nutrition),/, ',electronics,')}\n`,
      1,
    ));
});
