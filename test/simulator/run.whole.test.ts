// Runs that are as fast as the shop answers, and one that was cut short.

import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { differences, simulate } from './simulate.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ live: true, settings: { RATE_LIMIT: 'off' } });
});

describe('a run', { timeout: 240_000 }, () => {
  it('a run has nothing in its ledger of what a full outbox turned away, neither pages nor orders', async () => {
    const full = (seconds: number) =>
      fetch(`${line.url}/api/pipeline/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ target: 'outbox', kind: 'full', seconds }),
      });
    const given = { users: 60, rate: '40', duration: '9s', seed: 6 };
    const running = simulate(line, given);
    await eventually(async () => (await line.pool.query('SELECT 1 FROM events LIMIT 1')).rowCount === 1);
    expect((await full(3)).status).toBe(202);
    const { tally, file } = await running;
    expect(tally.turnedAway).toBeGreaterThan(10);
    expect(tally.errors).toBe(0);
    expect(tally.sends).toBeGreaterThan(50);
    expect(await differences(line, file)).toEqual([]);
  });

  it('a run that was cut short before it was written down is found', async () => {
    const { file } = await simulate(line, {
      users: 20,
      rate: 'max',
      duration: '2s',
      target: 'kafka',
      seed: 5,
    });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const dropped = JSON.parse(lines[1] ?? '') as { n: number };
    writeFileSync(file, `${[lines[0], ...lines.slice(2)].join('\n')}\n`);
    expect(await differences(line, file)).toEqual([
      expect.stringMatching(/^the ledger has \d+ records, and its last line says \d+$/),
      `n ${dropped.n}: is in Kafka, and not in the ledger`,
    ]);
  });

  it('a run as fast as the shop answers has no late start, and asks no more at once than is answered', async () => {
    const { tally, file } = await simulate(line, { users: 300, rate: 'max', duration: '4s', seed: 4 });
    expect(tally.sends).toBeGreaterThan(10);
    expect({ errors: tally.errors, missed: tally.missed }).toEqual({ errors: 0, missed: 0 });
    expect(await differences(line, file)).toEqual([]);
  });

  it('a run through the shop is counted event for event, and its events say that they are simulated', async () => {
    const { tally, file } = await simulate(line, {
      users: 30,
      rate: '25',
      duration: '6s',
      chaos: 'all=5%',
      seed: 2,
    });
    expect(tally.errors).toBe(0);
    expect(tally.sends).toBeGreaterThan(20);
    expect(await differences(line, file)).toEqual([]);
    expect(tally.rejected).toBeGreaterThan(0);
    const aside = await line.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM dead_letters');
    expect(aside.rows[0]?.count).toBe(tally.rejected);
    const { entries } = await readLedger(file);
    const stored = entries
      .filter(({ expect: expected }) => expected === 'stored')
      .map(({ order_id }) => order_id);
    const { rows } = await line.pool.query<{ simulated: number; addresses: number }>(
      `SELECT count(*) FILTER (WHERE context -> 'simulated' = 'true')::int AS simulated,
         count(DISTINCT context ->> 'ip')::int AS addresses
       FROM events WHERE order_id = ANY($1::uuid[])`,
      [stored],
    );
    expect(rows[0]?.simulated).toBe(stored.length);
    expect(rows[0]?.addresses).toBeGreaterThan(5);
  });
});
