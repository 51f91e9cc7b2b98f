import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CopyRows, copyInto } from '../../src/db/copy.ts';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { anyId, anyTime } from '../support/arbitrary.ts';
import { emptyDatabase, openTestPool } from '../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  pool = openTestPool(await emptyDatabase());
  await pool.query("CREATE TYPE colour AS ENUM ('red', 'green')");
  await pool.query(
    `CREATE TABLE copied (n integer, id uuid, at timestamptz, big bigint, small smallint, words text, raw bytea, more jsonb, colour colour)`,
  );
});

type Row = {
  id: string;
  at: string;
  big: bigint;
  n: number;
  small: number;
  words: string;
  raw: Buffer | null;
  more: unknown;
  colour: string;
};

const storable = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((text) => !text.includes('\0') && /^\P{Surrogate}*$/u.test(text));
const anyRow: fc.Arbitrary<Row> = fc.record({
  id: anyId,
  at: anyTime,
  big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  n: fc.integer(),
  small: fc.integer({ min: -32_768, max: 32_767 }),
  words: storable,
  raw: fc.option(fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))),
  more: fc.dictionary(storable, fc.oneof(storable, fc.integer(), fc.boolean(), fc.constant(null)), {
    maxKeys: 4,
  }),
  colour: fc.constantFrom('red', 'green'),
});

/** Copies rows in and reads them back, in their order; nothing stays. */
async function roundTrip(rows: readonly Row[], expectedBytes?: number): Promise<Row[]> {
  const copy = new CopyRows(expectedBytes);
  for (const [index, row] of rows.entries()) {
    copy
      .row(9)
      .integer(index)
      .uuid(Buffer.from(row.id, 'hex'))
      .timestamp(Date.parse(row.at))
      .bigint(row.big)
      .smallint(row.small);
    copy
      .text(row.words)
      .bytes(row.raw)
      .jsonb(JSON.stringify({ n: row.n, ...(row.more as object) }))
      .text(row.colour);
  }
  return transaction(pool, async (client) => {
    await copyInto(client, 'copied (n, id, at, big, small, words, raw, more, colour)', copy);
    const { rows: found } = await client.query(
      `SELECT replace(id::text, '-', '') AS id, at, big::text, small, words, raw, more, colour FROM copied ORDER BY n`,
    );
    await client.query('TRUNCATE copied');
    return found.map(({ at, big, more: { n, ...more }, ...row }) => ({
      ...row,
      at: at.toISOString(),
      big: BigInt(big),
      n,
      more,
    }));
  });
}

describe('COPY', () => {
  it('COPY brings every value into the table as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 20 }), async (rows) => {
        const sent = rows.map((row) => ({
          ...row,
          more: Object.fromEntries(Object.entries(row.more as object).filter(([key]) => key !== 'n')),
        }));
        expect(await roundTrip(sent)).toEqual(sent);
      }),
      { numRuns: 60 },
    );
  });

  it('the rows of a COPY grow with what is written, however little was expected', async () => {
    const rows = fc
      .sample(anyRow, { numRuns: 500, seed: 1 })
      .map((row) => ({ ...row, words: 'ä'.repeat(3_000), more: {} }));
    expect(await roundTrip(rows, 1)).toEqual(rows);
  });

  it('COPY takes a message without a row', async () => {
    expect(await roundTrip([])).toEqual([]);
  });

  it('COPY inserts none of the rows where one is refused', async () => {
    await pool.query('CREATE TABLE single (id uuid PRIMARY KEY)');
    const copy = new CopyRows();
    for (const id of ['a', 'b', 'a']) copy.row(1).uuid(Buffer.alloc(16, id));
    const client = await pool.connect();
    await expect(copyInto(client, 'single (id)', copy)).rejects.toMatchObject({ code: '23505' });
    expect((await client.query('SELECT count(*) FROM single')).rows).toEqual([{ count: 0 }]);
    client.release();
  });
});

/** The text of `timestamptz` fields as PostgreSQL has them in UTC, or the code with which it refuses one. */
async function keptTimes(...times: readonly number[]): Promise<string[]> {
  const copy = new CopyRows();
  for (const ms of times) copy.row(1).timestamp(ms);
  return transaction(pool, async (client) => {
    await client.query(`SET LOCAL TIME ZONE 'UTC'; CREATE TEMP TABLE kept (at timestamptz) ON COMMIT DROP`);
    await copyInto(client, 'kept (at)', copy);
    return (await client.query<{ at: string }>('SELECT at::text AS at FROM kept')).rows.map(({ at }) => at);
  });
}

describe('a time of COPY', () => {
  it('a time of COPY is the very millisecond in any year that PostgreSQL and a Date have, and the microsecond near ours', async () => {
    const at = (text: string) => Date.parse(text);
    const years = ['0001-01-01', '1999-12-31', '2285-06-05', '2286-01-01', '+004283-12-31', '+275760-09-12'];
    const times = years.map((day) => at(`${day}T23:59:59.999Z`));
    expect(await keptTimes(...times)).toEqual(
      years.map((day) => `${day.replace(/^\+0*/, '')} 23:59:59.999+00`),
    );
    expect(await keptTimes(at('2026-01-31T00:00:00.001Z') + 0.25)).toEqual(['2026-01-31 00:00:00.00125+00']);
    expect(await keptTimes(-210_866_803_200_000, 9_224_318_015_999_998)).toEqual([
      '4714-11-24 00:00:00+00 BC',
      '294276-12-31 23:59:59.998+00',
    ]);
  });

  it.each([
    ['before the first of PostgreSQL', -210_866_803_200_001],
    ['behind its last', 9_224_318_016_000_000],
    ['of nanoseconds taken for milliseconds', 1.7e18],
    ['that is no number', Number.NaN],
    ['without end', Number.POSITIVE_INFINITY],
    ['without beginning', Number.NEGATIVE_INFINITY],
  ])('%s is refused, and not stored as another one', async (_, ms) => {
    await expect(keptTimes(ms)).rejects.toMatchObject({ code: '22008' });
  });
});
