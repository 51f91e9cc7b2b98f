// Who clicked and did not order, where transactions commit in another order than they began and clocks say anything.

import { beforeEach, describe, expect, it } from 'vitest';
import { noOrder } from '../../../src/dashboard/questions/no-order.ts';
import { foldOutcomes } from '../../../src/dashboard/questions/outcomes.ts';
import type { Client, Pool } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { parseBatch } from '../../../src/ingest/batch.ts';
import { copyAll } from '../../../src/ingest/rows.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { recountAnswer } from '../../support/recount-questions.ts';

let pool: Pool;
beforeEach(async () => {
  pool = (await migratedDatabase()).pool;
});

/** Stores a click of somebody new, as ingest does it, in the client's transaction. */
async function click(client: Client): Promise<void> {
  const value = Buffer.from(JSON.stringify(anEvent({ title: 'banner_click', user_id: newId() })));
  const records = [{ offset: 0n, timestamp: Date.now(), key: null, value }];
  const { events } = parseBatch({ partition: 0, records });
  await copyAll(client, { topic: 'ecommerce', partition: 0 }, events);
}

/** How many clicked, after a look; a recount has to say the same. */
async function clicked(): Promise<number> {
  await foldOutcomes(pool);
  const answer = await noOrder(pool, { whose: USUAL });
  const lines = answer
    .filter(({ count }) => count > 0)
    .map((row) => `${row.subject} ${row.measure} ${row.count}`);
  expect(lines.sort()).toEqual(await recountAnswer(pool, 'no_order', new Date().toISOString()));
  return answer.find(({ measure }) => measure === 'clicked')?.count ?? 0;
}

/** A transaction that has stored a click and is not committed. */
async function underWay(): Promise<{ commit(): Promise<void> }> {
  const client = await pool.connect();
  await client.query('BEGIN');
  await click(client);
  return {
    async commit() {
      await client.query('COMMIT');
      client.release();
    },
  };
}

async function clickNow(): Promise<void> {
  await (await underWay()).commit();
}

describe('foldOutcomes', () => {
  it('outcomes count a transaction that began first and committed last', async () => {
    const early = await underWay();
    const late = await underWay();
    await late.commit();
    expect(await clicked()).toBe(1);
    await clickNow();
    expect(await clicked()).toBe(2);
    await early.commit();
    expect(await clicked()).toBe(3);
    expect(await clicked()).toBe(3);
  });

  it('outcomes count each of many slices once while another transaction is under way', async () => {
    for (let n = 0; n < 5; n += 1) await clickNow();
    const early = await underWay();
    for (let n = 0; n < 5; n += 1) await clickNow();
    const fold = async () => (await pool.query('SELECT fold_live_outcomes(1) AS more')).rows[0].more;
    while (await fold());
    expect(await clicked()).toBe(10);
    await early.commit();
    while (await fold());
    expect(await clicked()).toBe(11);
  });

  it('outcomes are counted by no clock: rows from any time count', async () => {
    await clickNow();
    expect(await clicked()).toBe(1);
    await clickNow();
    await pool.query(
      `UPDATE events SET stored_at = stored_at - interval '1 hour' WHERE stored_at = (SELECT max(stored_at) FROM events)`,
    );
    await clickNow();
    await pool.query(
      `UPDATE events SET stored_at = stored_at + interval '1 year' WHERE stored_at = (SELECT max(stored_at) FROM events)`,
    );
    expect(await clicked()).toBe(3);
    await clickNow();
    expect(await clicked()).toBe(4);
  });

  it('outcomes are counted anew on a server that numbers transactions from its own beginning, as after a restore', async () => {
    await clickNow();
    expect(await clicked()).toBe(1);
    await clickNow();
    // What a dump of a server with more transactions brings along.
    await pool.query(
      `UPDATE events SET stored_in = '99999999999'; UPDATE outcomes_progress SET folded_until = '99999999999', system_identifier = 1`,
    );
    await clickNow();
    expect(await clicked()).toBe(3);
    await clickNow();
    expect(await clicked()).toBe(4);
    const ahead = await pool.query('SELECT FROM events WHERE stored_in > pg_current_xact_id()');
    expect(ahead.rowCount).toBe(0);
  });

  it('outcomes read what is new by its index, and only that', async () => {
    const client = await pool.connect();
    await client.query('SET enable_seqscan = off');
    const { rows } = await client.query(
      `EXPLAIN SELECT FROM events WHERE stored_in IS NOT NULL AND stored_in >= '5' ORDER BY stored_in LIMIT 1`,
    );
    client.release(true);
    expect(JSON.stringify(rows)).toMatch(/events_stored_in|stored_in_idx/);
  });
});
