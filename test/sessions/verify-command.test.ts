// `sessions verify` to its end: what is printed and the exit code, of live sessions and of the loaded dataset.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config.ts';
import { moveOffset, type Subscription } from '../../src/consumer/offsets.ts';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';
import { describeCluster } from '../../src/kafka/client.ts';
import { sessionsSubscription } from '../../src/sessions/live/running-sessions.ts';
import { expectOneLine, runHere } from '../support/command.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { ingested } from '../support/ingested.ts';
import { startTestBroker, testConfig, testKafka } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { NOON, put } from './dataset/loaded.ts';
import { send } from './live/sent.ts';

const MINUTE = 60_000;
const now = Date.now();
const iso = (ago: number) => new Date(now - ago * MINUTE).toISOString();

let pool: Pool;
let config: Config;
let ingest: Subscription;
beforeAll(async () => {
  const database = await migratedDatabase();
  ({ pool } = database);
  const { port } = await startTestBroker();
  config = await testConfig(port, database.url);
  const cluster = { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined };
  const clusterId = await describeCluster(testKafka(port), cluster);
  ingest = { clusterId, group: config.KAFKA_GROUP, topic: config.KAFKA_TOPIC };
});

const verify = (args: readonly string[], changes: Readonly<Record<string, string>> = {}) =>
  runHere(['sessions', 'verify', ...args], {
    DATABASE_URL: config.DATABASE_URL ?? '',
    KAFKA_BROKERS: String(config.KAFKA_BROKERS),
    DATA_DIR: config.DATA_DIR,
    LOG_LEVEL: 'warn',
    ...changes,
  });

describe('live sessions', () => {
  it('live sessions that are the batch’s are told with their number, since when, and exit code 0', async () => {
    const visitor = newId();
    const ago = [200, 50, 10, 5, 2];
    await ingested(
      pool,
      ago.map((minutes) => anEvent({ user_id: visitor, time: iso(minutes) })),
      0,
      ingest,
    );
    await send(
      pool,
      visitor,
      ago.map((minutes) => Date.parse(iso(minutes))),
    );
    await transaction(pool, (client) =>
      moveOffset(client, sessionsSubscription(ingest), 0, undefined, BigInt(ago.length)),
    );
    const told = await verify([]);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    const [, since = ''] = /^3 sessions since (\S+), of 5 events: 0 differences\n$/.exec(told.stdout) ?? [];
    expect(Date.parse(since)).toBeGreaterThanOrEqual(now - 8 * 60 * MINUTE);
  });

  it('live sessions that differ are a table, with exit code 1, if they began in the hours that are asked for', async () => {
    await pool.query('UPDATE session_rows SET events = events + 6 WHERE events = 1');
    const { code, stdout } = await verify(['--hours', '1']);
    expect(code).toBe(1);
    const [head = '', columns = '', , ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^2 sessions since .*, of 4 events: 2 differences$/);
    expect(columns.trim().split(/ +/)).toEqual([
      'user_id',
      'robot',
      'started_at',
      'ended_at',
      'events',
      'only_in',
    ]);
    expect(rows.map((row) => row.trim().split(/ +/).slice(2))).toEqual([
      [iso(50), iso(50), '7', 'live'],
      [iso(50), iso(50), '1', 'batch'],
    ]);
  });

  it('a Kafka that is away is one line, and exit code 1', async () => {
    expectOneLine(
      await verify([], { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` }),
      1,
      'KAFKA_BROKERS: none of ',
    );
  });
});

describe('sessions of the dataset', () => {
  it('sessions of the dataset are compared without Kafka, and each half hour that differs has both figures', async () => {
    const away = { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` };
    const visitor = '80000000-0000-4000-8000-000000000001';
    await put(
      pool,
      [NOON, NOON + 1_000, NOON + 3_600_000].map((ms) => ({ visitor, ms, live: false })),
    );
    expect(await verify(['--source', 'dataset'], away)).toMatchObject({
      code: 0,
      stdout: '2 sessions of the dataset, of 3 events: 0 differences\n',
    });
    await pool.query(
      `UPDATE dataset_half_hours SET sessions = 3, events = 4, duration_ms = 5
       WHERE half_hour = to_timestamp($1 / 1000.0)`,
      [NOON],
    );
    await pool.query('DELETE FROM dataset_half_hours WHERE half_hour > to_timestamp($1 / 1000.0)', [NOON]);
    const { code, stdout } = await verify(['--source', 'dataset'], away);
    expect(code).toBe(1);
    const [head, columns = '', , ...rows] = stdout.trimEnd().split('\n');
    expect(head).toBe('2 sessions of the dataset, of 3 events: 2 differences');
    expect(columns.trim().split(/ +/)).toEqual([
      'from',
      'sessions',
      'found_sessions',
      'events',
      'found_events',
      'duration_ms',
      'found_duration_ms',
    ]);
    expect(rows.map((row) => row.trim().split(/ +/))).toEqual([
      [new Date(NOON).toISOString(), '3', '1', '4', '2', '5', '1,000'],
      [new Date(NOON + 3_600_000).toISOString(), '0', '1', '0', '1', '0', '0'],
    ]);
  });
});
