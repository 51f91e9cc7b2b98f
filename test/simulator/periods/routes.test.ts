// GET /api/faults: which periods reach into a range, as JSON and as a file.

import express from 'express';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../../src/db/pool.ts';
import { faultRoutes } from '../../../src/simulator/periods/routes.ts';
import { beginPeriod } from '../../../src/simulator/periods/store.ts';
import { Traces } from '../../../src/tracing/traces.ts';
import { errorHandler } from '../../../src/web/error-handler.ts';
import { expectError } from '../../support/answers.ts';
import { migratedDatabase } from '../../support/database.ts';
import { testLog } from '../../support/log.ts';

const day = (n: number) => new Date(Date.UTC(2020, 0, n)).toISOString();

let pool: Pool;
let app: express.Express;
beforeAll(async () => {
  ({ pool } = await migratedDatabase());
  app = express();
  app.use(faultRoutes(pool));
  app.use(errorHandler(new Traces(), testLog));
});

const add = (fault: string, share: number | null, began: Date | string, ends: Date | string) =>
  beginPeriod(pool, {
    source: share === null ? 'pipeline' : 'simulator',
    fault,
    share,
    began: new Date(began),
    ends: new Date(ends),
  });

const get = (query: Readonly<Record<string, string>>) => request(app).get('/api/faults').query(query);
const namesIn = async (query: Readonly<Record<string, string>>) =>
  (await get(query).expect(200)).body.rows.map(({ fault }: { fault: string }) => fault);

describe('the periods of faults', () => {
  it('periods of faults are those that reach into the range, the latest first, to the ends of both', async () => {
    await add('late', 0.1, day(2), day(3));
    await add('ingest paused', null, day(3), day(4));
    expect((await get({ from: day(1), to: day(10) }).expect(200)).body.rows).toEqual([
      { source: 'pipeline', fault: 'ingest paused', share: null, from: day(3), to: day(4) },
      { source: 'simulator', fault: 'late', share: 0.1, from: day(2), to: day(3) },
    ]);
    expect(await namesIn({ from: day(1), to: day(2) })).toEqual([]);
    expect(await namesIn({ from: day(3), to: day(4) })).toEqual(['ingest paused', 'late']);
    expect(await namesIn({ from: day(5), to: day(10) })).toEqual([]);
  });

  it('periods of faults are those of a day before the end where no beginning is given, and up to now where no end is', async () => {
    expect(await namesIn({ to: day(4) })).toEqual(['ingest paused', 'late']);
    expect(await namesIn({ to: day(5) })).toEqual(['ingest paused']);
    const now = Date.now();
    await add('duplicate', 0.5, new Date(now - 1_000), new Date(now + 3_600_000));
    await add('malformed', 0.5, new Date(now + 3_600_000), new Date(now + 7_200_000));
    const { rows, meta } = (await get({}).expect(200)).body;
    expect(rows).toEqual([
      {
        source: 'simulator',
        fault: 'duplicate',
        share: 0.5,
        from: new Date(now - 1_000).toISOString(),
        to: null,
      },
    ]);
    expect(Date.parse(meta.as_of)).toBeGreaterThanOrEqual(now);
  });

  it('periods of faults are a file of CSV where that is asked for', async () => {
    const { text } = await get({ to: day(3), format: 'csv' }).expect(200);
    expect(text.split('\r\n')).toEqual([
      'source,fault,share,from,to',
      `simulator,late,0.1,${day(2)},${day(3)}`,
      '',
    ]);
  });

  it.each([
    [{ from: 'yesterday' }],
    [{ from: day(3), to: day(3) }],
    [{ from: day(4), to: day(3) }],
    [{ since: day(3) }],
  ])('periods of faults of the range %j are refused', async (query) => {
    expectError(await get(query), 400, 'bad_request');
  });
});
