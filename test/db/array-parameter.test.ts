import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { ArrayParameter } from '../../src/db/array-parameter.ts';
import type { Pool } from '../../src/db/pool.ts';
import { emptyDatabase, openTestPool } from '../support/database.ts';

let pool: Pool;
beforeAll(async () => {
  pool = openTestPool(await emptyDatabase());
});

const DAY_MS = 24 * 3_600_000;
/** PostgreSQL's first timestamp to the last Date. */
const anyMs = fc.integer({ min: -210_866_803_200_000, max: 8.64e15 });
const anyValue = fc.record({ n: fc.maxSafeInteger(), text: fc.string({ unit: 'binary' }), ms: anyMs });

it('an array parameter reaches Postgres with every element, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyValue, { maxLength: 40 }), async (values) => {
      // A few bytes at first: it has to grow.
      const [ids, texts] = [new ArrayParameter('bigint', 1), new ArrayParameter('json', 1)];
      const [times, days] = [new ArrayParameter('timestamptz', 1), new ArrayParameter('date', 1)];
      for (const { n, text, ms } of values) {
        ids.next().safeInteger(n);
        texts.next().text(JSON.stringify(text));
        times.next().timestamp(ms);
        days.next().date(ms);
      }
      const { rows } = await pool.query<{ n: string; text: string; ms: number; day: number }>(
        `SELECT n::text AS n, j::text AS text, (extract(epoch FROM at) * 1000)::float8 AS ms, day - '1970-01-01'::date AS day
         FROM unnest($1::bigint[], $2::json[], $3::timestamptz[], $4::date[]) WITH ORDINALITY AS list (n, j, at, day, place)
         ORDER BY place`,
        [ids.value, texts.value, times.value, days.value],
      );
      expect(rows).toEqual(
        values.map(({ n, text, ms }) => ({
          n: String(n),
          text: JSON.stringify(text),
          ms,
          day: Math.floor(ms / DAY_MS),
        })),
      );
    }),
    { numRuns: 60 },
  );
});
