// Open sessions in Postgres: read, and written in the transaction that moves the positions or offsets of their records.

import type { Client, Pool } from '../../db/pool.ts';
import type { Plan } from '../core/plan.ts';
import { loadSession, type Session, saveSession } from '../core/session.ts';
import { type State, TTL_MS } from '../core/step.ts';

const ROWS = 5_000;

type Row = { readonly key: string; readonly version: number; readonly state: string };

/**
 * Reads the sessions of a grouping.
 * @param keys only these; none: all
 */
export async function readSessions(
  client: Client,
  plans: ReadonlyMap<number, Plan>,
  { definition, grouping }: Plan,
  keys?: readonly string[],
): Promise<Session[]> {
  const { rows } = await client.query<Row>(
    `SELECT key, version, state::text AS state FROM aggregator_sessions
     WHERE definition = $1 AND grouping = $2 AND ($3::text[] IS NULL OR key = ANY($3))`,
    [definition, grouping, keys ?? null],
  );
  return rows.map(({ version, state }) => loadSession(planOf(plans, version), state));
}

function planOf(plans: ReadonlyMap<number, Plan>, version: number): Plan {
  const plan = plans.get(version);
  if (plan === undefined) throw new Error(`received a session of version ${version}, which is not stored`);
  return plan;
}

/** Writes what has changed since the last time. */
export async function writeSessions(client: Client, state: State): Promise<void> {
  const gone = state.gone.filter(({ stored }) => stored);
  const kept = state.touched.filter(({ ended }) => !ended);
  for (let at = 0; at < gone.length; at += ROWS) await deleteSome(client, gone.slice(at, at + ROWS));
  for (let at = 0; at < kept.length; at += ROWS) await upsertSome(client, kept.slice(at, at + ROWS));
}

/** To be called once the transaction of writeSessions() is committed. */
export function sessionsWritten(state: State): void {
  for (const session of state.touched) {
    session.touched = false;
    session.stored = true;
  }
  state.touched.length = 0;
  state.gone.length = 0;
}

async function deleteSome(client: Client, sessions: readonly Session[]): Promise<void> {
  await client.query(
    `DELETE FROM aggregator_sessions s USING unnest($2::text[], $3::text[]) AS gone (grouping, key)
     WHERE s.definition = $1 AND s.grouping = gone.grouping AND s.key = gone.key`,
    [definitionOf(sessions), sessions.map(({ plan }) => plan.grouping), sessions.map(({ key }) => key)],
  );
}

async function upsertSome(client: Client, sessions: readonly Session[]): Promise<void> {
  await client.query(
    `INSERT INTO aggregator_sessions (definition, grouping, key, version, state, updated_at, due_at)
     SELECT $1, grouping, key, version, state, to_timestamp(updated_at / 1000.0), to_timestamp(due_at / 1000.0)
     FROM unnest($2::text[], $3::text[], $4::int[], $5::json[], $6::float8[], $7::float8[])
       AS kept (grouping, key, version, state, updated_at, due_at)
     ON CONFLICT (definition, grouping, key) DO UPDATE
     SET version = excluded.version, state = excluded.state, updated_at = excluded.updated_at, due_at = excluded.due_at`,
    [
      definitionOf(sessions),
      sessions.map(({ plan }) => plan.grouping),
      sessions.map(({ key }) => key),
      sessions.map(({ plan }) => plan.version),
      sessions.map(saveSession),
      sessions.map(({ updatedAt }) => updatedAt),
      sessions.map(({ dueAt }) => dueAt ?? null),
    ],
  );
}

const definitionOf = (sessions: readonly Session[]): string | undefined => sessions[0]?.plan.definition;

/**
 * Deletes every session, of whatever definition and grouping, that was not updated for 180 days.
 * @param now milliseconds since the epoch
 * @returns how many
 */
export async function deleteExpired(client: Client | Pool, now: number): Promise<number> {
  const { rowCount } = await client.query(
    'DELETE FROM aggregator_sessions WHERE updated_at <= to_timestamp($1 / 1000.0)',
    [now - TTL_MS],
  );
  return rowCount ?? 0;
}

/** How many sessions a grouping has. */
export async function countSessions(client: Client, { definition, grouping }: Plan): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*) AS count FROM aggregator_sessions WHERE definition = $1 AND grouping = $2',
    [definition, grouping],
  );
  return rows[0]?.count ?? 0;
}

/** The keys of sessions that are due, the longest due first. @param now milliseconds since the epoch */
export async function dueKeys(
  client: Client,
  { definition, grouping }: Plan,
  now: number,
  most: number,
): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT key FROM aggregator_sessions
     WHERE definition = $1 AND grouping = $2 AND due_at <= to_timestamp($3 / 1000.0) ORDER BY due_at LIMIT $4`,
    [definition, grouping, now, most],
  );
  return rows.map(({ key }) => key);
}
