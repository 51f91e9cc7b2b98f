// Compares live sessions with the batch: the stored events of the last hours go through the queries that files go through, and
// have to give the live sessions. Both are read in one snapshot, up to the offsets of live sessions.

import type { DuckDBConnection } from '@duckdb/node-api';
import { readOffsets, type Subscription } from '../../consumer/offsets.ts';
import { type Client, type Pool, transaction } from '../../db/pool.ts';
import { makeSettings, makeStages, queryText, rowsOf } from '../batch/statements.ts';
import { GAP_MS } from './core/step.ts';
import { sessionsSubscription } from './running-sessions.ts';
import { readBegunSince } from './store.ts';

export type ListedSession = {
  readonly user_id: string;
  readonly robot: boolean;
  readonly started_at: string;
  readonly ended_at: string;
  readonly events: number;
};

export type Difference = ListedSession & { readonly only_in: 'live' | 'batch' };

export type Verification = {
  /** Sessions that began after this are compared. */
  readonly from: string;
  readonly events: number;
  readonly sessions: number;
  readonly differences: readonly Difference[];
};

const MEMORY = '512MB';
const READ_AT_ONCE = 50_000;

/**
 * Compares the live sessions that began in the last `hours`.
 * @param ingest the subscription of the ingest part
 */
export async function verifySessions(pool: Pool, ingest: Subscription, hours: number): Promise<Verification> {
  const fromMs = Date.now() - hours * 3_600_000;
  // Imported here, as DuckDB would take a fifth of the web part's start.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY });
  const connection = await instance.connect();
  try {
    const { events, live } = await transaction(pool, async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const offsets = await readOffsets(client, sessionsSubscription(ingest));
      const count = await copyEvents(client, connection, ingest.topic, offsets, fromMs);
      return { events: count, live: await readLive(client, fromMs) };
    });
    const batch = await readBatch(connection, fromMs);
    return {
      from: new Date(fromMs).toISOString(),
      events,
      sessions: batch.length,
      differences: [...onlyIn('live', live, batch), ...onlyIn('batch', batch, live)],
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Copies the events, from one gap before the first hour, which show that a session had begun before it. */
async function copyEvents(
  client: Client,
  connection: DuckDBConnection,
  topic: string,
  offsets: ReadonlyMap<number, bigint>,
  fromMs: number,
): Promise<number> {
  await connection.run('CREATE TABLE events (visitor VARCHAR, sent_ms BIGINT, file SMALLINT, kind INTEGER)');
  const appender = await connection.createAppender('events');
  await client.query(
    `DECLARE stored NO SCROLL CURSOR FOR
     SELECT replace(user_id::text, '-', '') || CASE WHEN is_robot(context) THEN ' robot' ELSE '' END AS visitor,
       (extract(epoch FROM "time") * 1000)::bigint AS sent_ms
     FROM events JOIN unnest($1::int[], $2::bigint[]) AS reached (part, next) ON reached.part = "partition"
     WHERE stored_at IS NOT NULL AND topic = $3 AND "offset" < reached.next
       AND "time" > to_timestamp($4 / 1000.0)`,
    [[...offsets.keys()], [...offsets.values()].map(String), topic, fromMs - GAP_MS],
  );
  let events = 0;
  for (;;) {
    const { rows } = await client.query<{ visitor: string; sent_ms: number }>(
      `FETCH ${READ_AT_ONCE} FROM stored`,
    );
    if (rows.length === 0) break;
    events += rows.length;
    for (const { visitor, sent_ms } of rows) {
      appender.appendVarchar(visitor);
      appender.appendBigInt(BigInt(sent_ms));
      appender.appendSmallInt(0);
      appender.appendInteger(0);
      appender.endRow();
    }
  }
  appender.closeSync();
  return events;
}

async function readBatch(connection: DuckDBConnection, fromMs: number): Promise<ListedSession[]> {
  await makeSettings(connection, [], { gapMs: GAP_MS, multiEventOnly: false });
  await makeStages(connection, 'steps');
  const rows = await rowsOf(connection, `SELECT * FROM (${queryText('list')}) WHERE started_ms >= ${fromMs}`);
  return rows.map(({ visitor, started_ms, ended_ms, events }) => {
    const [userId = '', robot] = String(visitor).split(' ');
    return listed(userId, robot !== undefined, Number(started_ms), Number(ended_ms), Number(events));
  });
}

const readLive = async (client: Client, fromMs: number): Promise<ListedSession[]> =>
  (await readBegunSince(client, fromMs)).map(({ userId, robot, startedMs, endedMs, events }) =>
    listed(userId, robot, startedMs, endedMs, events),
  );

const listed = (
  user_id: string,
  robot: boolean,
  startedMs: number,
  endedMs: number,
  events: number,
): ListedSession => ({
  user_id,
  robot,
  started_at: new Date(startedMs).toISOString(),
  ended_at: new Date(endedMs).toISOString(),
  events,
});

function onlyIn(
  name: Difference['only_in'],
  mine: readonly ListedSession[],
  others: readonly ListedSession[],
): Difference[] {
  const known = new Set(others.map((one) => JSON.stringify(one)));
  return mine.filter((one) => !known.has(JSON.stringify(one))).map((one) => ({ ...one, only_in: name }));
}
