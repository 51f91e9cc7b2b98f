// The switch: what the API is told, the part does, and the API says.

import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterOf } from '../../../src/connections.ts';
import { createKafka } from '../../../src/kafka/client.ts';
import type { RunningPart } from '../../../src/runtime/running-part.ts';
import { ledgerFile } from '../../../src/simulator/ledger/entry.ts';
import { readLedger } from '../../../src/simulator/ledger/read.ts';
import { verifyRun } from '../../../src/simulator/ledger/verify.ts';
import { startSimulator } from '../../../src/simulator/part.ts';
import { expectError } from '../../support/answers.ts';
import { eventually, type Line, startLine } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

let line: Line;
let part: RunningPart | undefined;
beforeAll(async () => {
  line = await startLine({ settings: { RATE_LIMIT: 'off' } });
});
afterAll(() => part?.close());

const status = async () => (await request(line.url).get('/api/simulator').expect(200)).body;
const change = async (wanted: object) =>
  (await request(line.url).post('/api/simulator').send(wanted).expect(200)).body;
const faults = async (): Promise<{ fault: string; to: string | null }[]> =>
  (await request(line.url).get('/api/faults').expect(200)).body.rows;
const stored = async () =>
  (await line.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM events`)).rows[0]?.n ?? 0;

describe('the switch of the shoppers', { timeout: 240_000 }, () => {
  it('the switch of the shoppers says where nobody shops', async () => {
    expect(await status()).toMatchObject({
      state: 'absent',
      settings: { running: true, rate: 1, users: null, faults: {} },
      run: null,
      may_change: true,
    });
  });

  it.each([
    [{ rate: 0 }, 'rate: received 0'],
    [{ rate: 1e9 }, 'rate: received 1000000000'],
    [{ users: 0.5 }, 'users: received 0.5'],
    [{ running: 'no' }, 'running: received \\"no\\"'],
    [{ faults: { late: 2 } }, 'faults.late: received 2'],
    [{ faults: { lates: 0.1 } }, 'faults'],
    [{ colour: 'red' }, 'no field named'],
    [[], 'a JSON object'],
  ])('the switch of the shoppers refuses the change %j', async (wanted, words) => {
    const answer = await request(line.url).post('/api/simulator').send(wanted);
    expectError(answer, 400, 'bad_request');
    expect(JSON.stringify(answer.body)).toContain(words);
  });

  it('the switch of the shoppers is for the admin alone', async () => {
    const answer = await request(line.url)
      .post('/api/simulator')
      .set('X-Forwarded-For', '203.0.113.9')
      .send({ running: false });
    expectError(answer, 403, 'local_only');
    const seen = await request(line.url).get('/api/simulator').set('X-Forwarded-For', '203.0.113.9');
    expect(seen.body.may_change).toBe(false);
  });

  it('the switch of the shoppers is followed at once: a rate, faults with a ledger, nobody', async () => {
    await change({ rate: 8 });
    part = await startSimulator(line.config, testLog);
    await eventually(async () => (await status()).run?.events > 5, 60);
    expect(await status()).toMatchObject({ state: 'running', run: { errors: 0, ledger: null } });

    await change({ faults: { duplicate: 0.5, malformed: 0.5 } });
    const run = await eventually(async () => {
      const { run: seen } = await status();
      return seen?.faults.duplicate > 1 && seen.faults.malformed > 1 && seen;
    }, 60);
    const ran = await faults();
    expect(ran.map(({ fault }) => fault).toSorted()).toEqual(['duplicate', 'malformed']);
    expect(ran).toContainEqual(
      expect.objectContaining({ source: 'simulator', fault: 'duplicate', share: 0.5, to: null }),
    );
    expect(run.ledger).toMatch(/^\d{8}T\d{6}-[0-9a-f]{6}$/);

    expect(await change({ running: false })).toMatchObject({ state: 'stopped', run: null });
    const ledger = await eventually(async () => {
      const read = await readLedger(ledgerFile(line.config.DATA_DIR, run.ledger));
      const before = await stored();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return before === (await stored()) && read;
    }, 60);
    expect((await faults()).map(({ to }) => typeof to)).toEqual(['string', 'string']);
    const verifier = {
      kafka: createKafka(clusterOf(line.config), 'test', testLog),
      pool: line.pool,
      group: line.config.KAFKA_GROUP,
      sessions: false,
      timeoutMs: 30_000,
    };
    expect((await verifyRun(ledger, verifier)).differences).toEqual([]);

    await part.close();
    part = undefined;
    expect(await status()).toMatchObject({ state: 'absent', settings: { running: false, rate: 8 } });
  });

  it('the switch of the shoppers is on both dashboards, and where the pipe is broken', async () => {
    for (const page of ['/dashboard', '/dashboard/live', '/pipeline']) {
      const { text } = await request(line.url).get(page).expect(200);
      expect(text).toContain('data-crowd');
      expect(text).toContain('name="clock-skew"');
      expect(text).toContain('name="poison-codec"');
    }
  });
});
