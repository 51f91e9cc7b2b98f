// What the tests of half-open connections share: a proxy that swallows every byte of open connections without closing them, and lets new
// ones pass. The program's timeouts are shortened.

import { expect } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { isDrained, judge, NOTHING_WRONG } from '../chaos/verdict.ts';
import { eventually, startTestBroker } from '../support/line.ts';
import type { SteadyLoad } from '../support/load.ts';
import { startProxy } from '../support/proxy.ts';

export const ANSWER_MS = 1_500;
/** Less than kafkajs takes by itself, and TCP. */
export const BOUND_SECONDS = 25;

/** A broker that clients reach by way of a proxy: they go where it says, which is another address and the same port. */
export async function proxiedBroker() {
  const broker = await startTestBroker(undefined, 0, '127.0.0.2');
  const proxy = await startProxy(broker.port, { host: '127.0.0.2', port: broker.port });
  return { port: broker.port, address: `127.0.0.2:${broker.port}`, proxy };
}

export const clusterAt = (address: string) => ({ brokers: [address], ssl: false, sasl: undefined });

/** Sends without a pause until `act` is over, and then waits until all of it is stored. */
export async function loadWhile(load: SteadyLoad, pool: Pool, act: () => Promise<void>): Promise<void> {
  let acting = true;
  const sending = (async () => {
    while (acting) await load.send(5);
  })();
  await act();
  acting = false;
  await sending;
  await eventually(() => isDrained(pool, load.acknowledged), BOUND_SECONDS);
  const verdict = await judge(pool, load.acknowledged);
  expect(verdict).toMatchObject(NOTHING_WRONG);
  expect(verdict.stored).toBe(verdict.acknowledged);
}

/** Asks how many events are stored. */
export const stored = (pool: Pool) => async (): Promise<number> =>
  Number((await pool.query('SELECT count(*) AS count FROM events')).rows[0].count);
