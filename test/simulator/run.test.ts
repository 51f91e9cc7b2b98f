// Runs against the real line, and what `verify` says of them; run.whole has more of them.

import { beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { type Line, startLine } from '../support/line.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { differences, simulate } from './simulate.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ settings: { RATE_LIMIT: 'off' } });
});

describe('a run', { timeout: 240_000 }, () => {
  it('into Kafka, with every fault, is counted event for event; one that is hidden is found', async () => {
    const { tally, file } = await simulate(line, {
      users: 100,
      rate: 'max',
      duration: '2s',
      target: 'kafka',
      chaos: 'all=5%',
    });
    expect(tally.sends).toBeGreaterThan(1_000);
    expect(await differences(line, file)).toEqual([]);
    await expectRollupsEqualEvents(line.pool);

    const { entries } = await readLedger(file);
    const hidden = entries.find(
      ({ expect: expected, faults }) => expected === 'stored' && faults.length === 0,
    );
    await line.pool.query('DELETE FROM events WHERE order_id = $1', [hidden?.order_id]);
    const found = await differences(line, file);
    expect(found).toContain(`n ${hidden?.n} (${hidden?.order_id}): is not in the table, expected a row`);
    // The rollups count it still.
    expect(found.some((words) => words.startsWith('minute_counts'))).toBe(true);

    const altered = entries.find(({ expect: expected, n }) => expected === 'stored' && n !== hidden?.n);
    await line.pool.query('UPDATE events SET page_id = order_id WHERE order_id = $1', [altered?.order_id]);
    expect(await differences(line, file)).toContain(
      `n ${altered?.n} (${altered?.order_id}): its row differs from the event`,
    );
  });
});
