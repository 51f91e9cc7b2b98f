// Runs against the real line, and what `verify` says of them; run.whole has more of them.

import { beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { type Line, startLine } from '../support/line.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { differences, simulate } from './simulate.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ live: true, settings: { RATE_LIMIT: 'off' } });
});

describe('a run', { timeout: 240_000 }, () => {
  it('a run into Kafka, with every fault, is counted event for event; one that is hidden is found', async () => {
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

  it('a run is compared with the sessions of its visitors and the rollups of its time, beside a run of the same visitors', async () => {
    const given = {
      users: 40,
      rate: 'max',
      duration: '3s',
      target: 'kafka',
      chaos: 'late=20%,bot-surge=10%',
      seed: 9,
    };
    await simulate(line, given);
    const { file } = await simulate(line, given);
    const before = await differences(line, file);
    expect(before.filter((words) => words.startsWith('sessions'))).toEqual([]);

    const { entries } = await readLedger(file);
    const [first, second] = [...new Set(entries.flatMap(({ visitor, robot }) => (robot ? [] : [visitor])))];
    const hidden = await line.pool.query<{ events: number }>(
      'DELETE FROM session_rows WHERE user_id = $1 AND marks IS DISTINCT FROM $2 RETURNING events',
      [first, 'b'],
    );
    await line.pool.query('UPDATE session_rows SET events = events + 1 WHERE user_id = $1', [second]);
    const found = (await differences(line, file)).filter((words) => words.startsWith('sessions'));
    expect(found.filter((words) => words.includes(`visitor ${first} has none of `))).toHaveLength(
      hidden.rows.length,
    );
    const altered = found.filter((words) => words.includes(`of visitor ${second} has `));
    expect(altered.length).toBeGreaterThan(0);
    expect(found).toHaveLength(hidden.rows.length + altered.length);

    await line.pool.query(
      `UPDATE minute_counts SET count = count + 1
       WHERE ctid = (SELECT ctid FROM minute_counts WHERE source >= 0
         AND minute = date_trunc('minute', to_timestamp($1 / 1000.0)) LIMIT 1)`,
      [entries[0]?.time],
    );
    const counted = (await differences(line, file)).filter((words) => words.startsWith('minute_counts'));
    expect(counted).not.toEqual(before.filter((words) => words.startsWith('minute_counts')));
  });
});
