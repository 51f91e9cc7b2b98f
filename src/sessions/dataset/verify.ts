// Compares the stored figures of loaded sessions with those that DuckDB computes from the loaded events: the same queries on another
// engine, which shares no intermediate result with the first count.

import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { to as copyTo } from 'pg-copy-streams';
import { type Client, connectBeside, type Pool } from '../../db/pool.ts';
import { openEngine } from '../batch/engine.ts';
import { makeSettings, makeStages, queryText, rowsOf } from '../batch/statements.ts';
import { GAP_MS } from '../live/core/step.ts';
import { HALF_HOUR_MS } from '../live/half-hours.ts';
import { countDatasetSessions } from './count.ts';
import type { Figures } from './read.ts';

/** A half hour whose figures differ; null where one of the two has no session. */
export type DatasetDifference = {
  readonly from: string;
  readonly stored: Figures | null;
  readonly found: Figures | null;
};

export type DatasetVerification = {
  readonly events: number;
  readonly sessions: number;
  readonly differences: readonly DatasetDifference[];
};

const MEMORY_BYTES = 1024 ** 3;

type ByHalfHour = ReadonlyMap<number, Figures>;

/**
 * Compares every half hour, after a count where the figures are outdated.
 * @throws pg's error where the connection is lost
 */
export async function verifyDataset(pool: Pool): Promise<DatasetVerification> {
  await countDatasetSessions(pool);
  const engine = await openEngine(MEMORY_BYTES, tmpdir());
  try {
    const file = path.join(engine.folder, 'events.tsv');
    const stored = await readBoth(pool, file);
    const found = await findAgain(await engine.connect(), file);
    return { ...totalsOf(found), differences: differencesOf(stored, found) };
  } finally {
    await engine.close();
  }
}

/** Reads the figures and writes the events to the file, in one snapshot. */
async function readBoth(pool: Pool, file: string): Promise<ByHalfHour> {
  const client = await connectBeside(pool);
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const figures = await readStored(client);
    await copyEvents(client, file);
    return figures;
  } finally {
    await client.end();
  }
}

async function readStored(client: Client): Promise<ByHalfHour> {
  const { rows } = await client.query<Figures & { readonly from_ms: number }>(
    `SELECT (extract(epoch FROM half_hour) * 1000)::bigint AS from_ms, sessions, single, events, duration_ms
     FROM dataset_half_hours`,
  );
  return new Map(rows.map(({ from_ms, ...figures }) => [from_ms, figures]));
}

const copyEvents = (client: Client, file: string) =>
  pipeline(
    client.query(
      copyTo(
        `COPY (SELECT user_id, (date_part('epoch', "time") * 1000)::bigint FROM events WHERE stored_at IS NULL) TO STDOUT`,
      ),
    ),
    createWriteStream(file, { mode: 0o600 }),
  );

/** Finds the sessions of the file. Without detection, as DuckDB finds no columns in a file without a line. */
async function findAgain(connection: DuckDBConnection, file: string): Promise<ByHalfHour> {
  await connection.run(
    `CREATE TABLE events AS SELECT visitor, sent_ms, 0::SMALLINT AS file, 0 AS kind
     FROM read_csv($1, auto_detect = false, delim = '\t', columns = {visitor: 'UUID', sent_ms: 'BIGINT'})`,
    [file],
  );
  await makeSettings(connection, [], { gapMs: GAP_MS, multiEventOnly: false });
  await makeStages(connection, 'steps');
  const rows = await rowsOf(
    connection,
    `SELECT started_ms // ${HALF_HOUR_MS} * ${HALF_HOUR_MS} AS from_ms, count(*) AS sessions, count(*) FILTER (WHERE events = 1) AS single,
       sum(events)::BIGINT AS events, sum(ended_ms - started_ms)::BIGINT AS duration_ms
     FROM (${queryText('list')}) GROUP BY 1`,
  );
  return new Map(
    rows.map(({ from_ms, sessions, single, events, duration_ms }) => [
      Number(from_ms),
      {
        sessions: Number(sessions),
        single: Number(single),
        events: Number(events),
        duration_ms: Number(duration_ms),
      },
    ]),
  );
}

function totalsOf(found: ByHalfHour): { events: number; sessions: number } {
  const all = [...found.values()];
  return {
    events: all.reduce((sum, { events }) => sum + events, 0),
    sessions: all.reduce((sum, { sessions }) => sum + sessions, 0),
  };
}

const textOf = (figures: Figures | undefined) =>
  figures === undefined ? '' : [figures.sessions, figures.single, figures.events, figures.duration_ms].join();

function differencesOf(stored: ByHalfHour, found: ByHalfHour): DatasetDifference[] {
  return [...new Set([...stored.keys(), ...found.keys()])]
    .sort((a, b) => a - b)
    .filter((fromMs) => textOf(stored.get(fromMs)) !== textOf(found.get(fromMs)))
    .map((fromMs) => ({
      from: new Date(fromMs).toISOString(),
      stored: stored.get(fromMs) ?? null,
      found: found.get(fromMs) ?? null,
    }));
}
