// Runs against the real line, and what `verify` says of them.

import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterOf } from '../../src/connections.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { readLedger } from '../../src/simulator/ledger/read.ts';
import { verifyRun } from '../../src/simulator/ledger/verify.ts';
import { type GivenOptions, readOptions } from '../../src/simulator/options.ts';
import { type RunResult, runSimulation } from '../../src/simulator/run.ts';
import { readSecret } from '../../src/site/secret.ts';
import { type Line, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ settings: { RATE_LIMIT: 'off' } });
});

const kafka = () => createKafka(clusterOf(line.config), 'test-simulator', testLog);

async function simulate(given: GivenOptions): Promise<RunResult & { readonly file: string }> {
  const place = {
    kafka: kafka(),
    topic: line.config.KAFKA_TOPIC,
    dataDir: line.config.DATA_DIR,
    shop: line.url,
    secret: readSecret(line.config.DATA_DIR),
    log: testLog,
  };
  const options = readOptions(given, undefined, Date.now());
  const { file, ...result } = await runSimulation(options, place, new AbortController().signal);
  if (file === undefined) throw new Error('expected a ledger');
  return { ...result, file };
}

async function differences(file: string): Promise<readonly string[]> {
  const verifier = { kafka: kafka(), pool: line.pool, group: line.config.KAFKA_GROUP, timeoutMs: 60_000 };
  return (await verifyRun(await readLedger(file), verifier)).differences;
}

describe('a run', { timeout: 240_000 }, () => {
  it('that was cut short before it was written down is found', async () => {
    const { file } = await simulate({ users: 20, rate: 'max', duration: '2s', target: 'kafka', seed: 5 });
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const dropped = JSON.parse(lines[1] ?? '') as { n: number };
    writeFileSync(file, `${[lines[0], ...lines.slice(2)].join('\n')}\n`);
    expect(await differences(file)).toEqual([
      expect.stringMatching(/^the ledger has \d+ records, and its last line says \d+$/),
      `n ${dropped.n}: is in Kafka, and not in the ledger`,
    ]);
  });

  it('through the shop is counted event for event, and its events say that they are simulated', async () => {
    const { tally, file } = await simulate({
      users: 30,
      rate: '25',
      duration: '6s',
      chaos: 'all=5%',
      seed: 2,
    });
    expect(tally.errors).toBe(0);
    expect(tally.sends).toBeGreaterThan(20);
    expect(await differences(file)).toEqual([]);
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

  it('as fast as the shop answers has no late start, and asks no more at once than is answered', async () => {
    const { tally, file } = await simulate({ users: 300, rate: 'max', duration: '4s', seed: 4 });
    expect(tally.sends).toBeGreaterThan(10);
    expect({ errors: tally.errors, missed: tally.missed }).toEqual({ errors: 0, missed: 0 });
    expect(await differences(file)).toEqual([]);
  });

  it('into Kafka, with every fault, is counted event for event; one that is hidden is found', async () => {
    const { tally, file } = await simulate({
      users: 100,
      rate: 'max',
      duration: '2s',
      target: 'kafka',
      chaos: 'all=5%',
    });
    expect(tally.sends).toBeGreaterThan(1_000);
    expect(await differences(file)).toEqual([]);
    await expectRollupsEqualEvents(line.pool);

    const { entries } = await readLedger(file);
    const hidden = entries.find(
      ({ expect: expected, faults }) => expected === 'stored' && faults.length === 0,
    );
    await line.pool.query('DELETE FROM events WHERE order_id = $1', [hidden?.order_id]);
    const found = await differences(file);
    expect(found).toContain(`n ${hidden?.n} (${hidden?.order_id}): is not in the table, expected a row`);
    // The rollups count it still.
    expect(found.some((words) => words.startsWith('minute_counts'))).toBe(true);

    const altered = entries.find(({ expect: expected, n }) => expected === 'stored' && n !== hidden?.n);
    await line.pool.query('UPDATE events SET page_id = order_id WHERE order_id = $1', [altered?.order_id]);
    expect(await differences(file)).toContain(
      `n ${altered?.n} (${altered?.order_id}): its row differs from the event`,
    );
  });
});
