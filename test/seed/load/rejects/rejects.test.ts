import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { insertRejects, MOST_KEPT, readRejects, refuse } from '../../../../seed/load/rejects/rejects.ts';
import { beginStage } from '../../../../seed/load/stage/unfinished.ts';
import { loadFile } from '../../../../seed/load.ts';
import { HEADER } from '../../../../seed/published.ts';
import { transaction } from '../../../../src/db/pool.ts';
import { migratedDatabase, testLog } from '../../../support/database.ts';
import { countEvents } from '../../count-events.ts';
import { fileOf, rowsOf } from '../../support.ts';

const { pool } = await migratedDatabase();

const load = (file: string, strict = false) => loadFile({ pool, log: testLog, file, strict });

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
  ])('a row with %s is set aside with file, line, column and reason', async (_, line, column, reason) => {
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

  it('a bad row ends a strict load, and nothing is loaded', async () => {
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

  it('bad rows are kept by the thousand, and the others are loaded', async () => {
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

describe('refuse', () => {
  it.each([
    [
      { line: 7, column: 'product', reason: 'received x', content: '' },
      'a.csv, line 7, product: received x (nothing was loaded)',
    ],
    [{ line: 7, reason: 'received x', content: '' }, 'a.csv, line 7: received x (nothing was loaded)'],
    [
      { file: 'a.csv', line: null, column: 'order_id', reason: 'received x', content: '' },
      'a.csv, order_id: received x (nothing was loaded)',
    ],
  ])('refuse says the place of the first bad row as far as it is known: %j', (row, message) => {
    expect(() => refuse('a.csv', [row])).toThrow(expect.objectContaining({ code: 'BAD_ROW', message }));
  });

  it('refuse lets a load pass that has no bad row', () => {
    expect(() => refuse('a.csv', [])).not.toThrow();
  });
});

it('of a load no more bad rows are stored than a wrong file may fill the disk with', async () => {
  const { pool: own } = await migratedDatabase();
  await transaction(own, async (client) => {
    const begun = await beginStage(client, 'a.csv', '');
    const lines = [1, 2, 3].map((line) => ({
      line,
      reason: 'no',
      content: `row ${line}`,
    }));
    await insertRejects(client, { ...begun, rejected: MOST_KEPT - 2 }, lines);
    await insertRejects(client, { ...begun, rejected: MOST_KEPT }, lines);
    expect((await readRejects(client, begun.load_id, 9)).map(({ line }) => line)).toEqual([1, 2]);
  });
});
