// The SQL twin beside a run, over arbitrary definitions and files: DuckDB and the program come to the same rows.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runBatch } from '../../../src/aggregator/batch/run.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { sqlOf } from '../../../src/aggregator/sql/twin.ts';
import { migratedDatabase } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIELDS = ['a', 'b', 'n', 't'] as const;
const cell = {
  a: fc.constantFrom('x', 'y', '', 'ü "q"', '1', '1.0'),
  b: fc.constantFrom('p', 'q, r', '007'),
  n: fc.oneof(
    {
      weight: 9,
      arbitrary: fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value.toFixed(3)),
    },
    { weight: 1, arbitrary: fc.constantFrom('', 'x', '0x1') },
  ),
  t: fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .date({ min: new Date('2023-12-30'), max: new Date('2024-03-02'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    },
    { weight: 1, arbitrary: fc.constantFrom('2024-02-30T00:00:00.000Z', '2024-01-01', '') },
  ),
};
const files = fc.array(fc.array(fc.record(cell), { maxLength: 30 }), { minLength: 1, maxLength: 3 });
const definitions = fc.record({
  group: fc.subarray(['a', 'b'], { minLength: 1 }),
  period: fc.option(fc.constantFrom('HOUR', 'DAY', 'MONTH', 'YEAR'), { nil: undefined }),
  operations: fc.uniqueArray(
    fc.oneof(
      fc.tuple(fc.constantFrom('SUM', 'MIN', 'MAX', 'AVERAGE'), fc.constant('n')),
      fc.tuple(fc.constantFrom('COUNT', 'CARRY_FIRST', 'CARRY_LAST'), fc.constantFrom(...FIELDS)),
    ),
    { minLength: 1, maxLength: 5, selector: (one) => one.join() },
  ),
  by: fc.constantFrom('END_OF_TRANSACTION', 'END_OF_STREAM'),
});

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

it('DuckDB comes to the same rows by the SQL of a definition', async () => {
  const { pool } = await migratedDatabase();
  const folder = temporaryFolder();
  const connection = await (await DuckDBInstance.create()).connect();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(definitions, files, async ({ group, period, operations, by }, contents) => {
      runs += 1;
      const definition = checkValue({
        name: `twin-${runs}`,
        group: { fields: group, ...(period === undefined ? {} : { periods: [{ field: 't', period }] }) },
        aggregate: operations.map(([operation, field]) => ({
          operation,
          field,
          as: `${operation} of ${field}`,
        })),
        flush: { by },
      });
      const paths = contents.map((records, index) => {
        const to = path.join(folder, `${runs}-${index}.csv`);
        const lines = records.map((record) => FIELDS.map((name) => quoted(record[name])).join(','));
        writeFileSync(to, [FIELDS.join(','), ...lines, ''].join('\n'));
        return to;
      });
      const rows: string[] = [];
      await runBatch({ pool, definition, files: paths, now: 0 }, async (some) => void rows.push(...some));
      const result = await connection.runAndReadAll(sqlOf(definition, paths) ?? '');
      expect(rows.map((row) => readable(JSON.parse(row)))).toEqual(result.getRowObjectsJson().map(readable));
    }),
    { numRuns: 60 },
  );
}, 240_000);

/** Numbers by their value, means by fifteen digits. */
function readable({ meta: _, ...row }: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (name.startsWith('AVERAGE')) return [name, Number(value).toPrecision(13)];
      return [name, /^(?:SUM|MIN|MAX|COUNT)/.test(name) ? Number(value) : value];
    }),
  );
}
