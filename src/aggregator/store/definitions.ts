// Definitions in Postgres, with all their versions.

import { notifyAggregatedSql } from '../../db/change.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { compile, FieldTable, type Plan } from '../core/plan.ts';
import { checkValue } from '../definition/read.ts';
import type { Definition } from '../definition/schema.ts';

/** The channel that is notified when a definition is saved, paused, resumed or deleted. */
export const DEFINITIONS_CHANNEL = 'shopstream_definitions';

/** SQL that notifies it, and open pages. */
const NOTIFY_CHANGED = `${notifyAggregatedSql('name')}, pg_notify('${DEFINITIONS_CHANNEL}', '')`;

/** The consumer group of a definition, in which several processes share the partitions of its topic. */
export const groupOf = (definition: string): string => `shopstream-aggregator-${definition}`;

/**
 * Saves a definition, as a new version where it differs from the one in force.
 * @param client in a transaction
 * @returns the version in force
 */
export async function saveDefinition(client: Client, definition: Definition): Promise<number> {
  const { name } = definition;
  // The first revision comes from the clock, so that a definition never repeats the revisions of a deleted one of the same name.
  await client.query(
    `INSERT INTO aggregator_definitions (name, version, revision)
     VALUES ($1, 0, extract(epoch FROM clock_timestamp()) * 1000) ON CONFLICT (name) DO NOTHING`,
    [name],
  );
  await client.query('SELECT FROM aggregator_definitions WHERE name = $1 FOR UPDATE', [name]);
  const current = await currentVersion(client, name);
  const body = JSON.stringify(definition);
  if (current?.body === body) return current.version;
  const version = (current?.version ?? 0) + 1;
  const { grouping } = compile(definition, version, new FieldTable());
  await client.query(
    'INSERT INTO aggregator_versions (definition, version, body, grouping) VALUES ($1, $2, $3, $4)',
    [name, version, body, grouping],
  );
  await client.query(
    `UPDATE aggregator_definitions SET version = $2, failure = NULL, failed_at = NULL WHERE name = $1
     RETURNING ${NOTIFY_CHANGED}`,
    [name, version],
  );
  return version;
}

/**
 * Locks a definition for its deletion: nobody moves its offsets or changes its sessions until the transaction ends.
 * @param client in a transaction
 * @returns the number of its sessions, asleep or not; undefined where there is no definition of the name
 */
export async function holdDefinition(client: Client, name: string): Promise<number | undefined> {
  // The order in which a real-time consumer locks them.
  await client.query('SELECT FROM consumer_offsets WHERE consumer_group = $1 FOR UPDATE', [groupOf(name)]);
  const held = await client.query('SELECT FROM aggregator_definitions WHERE name = $1 FOR UPDATE', [name]);
  if (held.rowCount !== 1) return undefined;
  const { rows } = await client.query<{ open: number }>(
    'SELECT count(*) AS open FROM aggregator_sessions WHERE definition = $1',
    [name],
  );
  return rows[0]?.open;
}

/**
 * Deletes a definition after holdDefinition(), with all that Postgres has of it: versions, sessions of every grouping, runs, flushed
 * rows, records set aside, and its offsets, so that a new one of the same name starts at the beginning of its topic.
 */
export async function deleteDefinition(client: Client, name: string): Promise<void> {
  await client.query('DELETE FROM consumer_offsets WHERE consumer_group = $1', [groupOf(name)]);
  await client.query('DELETE FROM aggregator_sessions WHERE definition = $1', [name]);
  await client.query('DELETE FROM aggregator_results WHERE definition = $1', [name]);
  await client.query(`DELETE FROM aggregator_definitions WHERE name = $1 RETURNING ${NOTIFY_CHANGED}`, [
    name,
  ]);
}

/** Pauses a real-time definition, or lets it run again. @returns false where there is none of the name */
export async function pauseDefinition(pool: Pool, name: string, paused: boolean): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE aggregator_definitions SET paused = $2, failure = NULL, failed_at = NULL WHERE name = $1
     RETURNING ${NOTIFY_CHANGED}`,
    [name, paused],
  );
  return rowCount === 1;
}

/** Stores why a definition does not run. @param reason undefined: it runs */
export async function noteFailure(pool: Pool, name: string, reason: string | undefined): Promise<void> {
  const failure = reason === undefined ? null : JSON.stringify(reason);
  await pool.query(
    `UPDATE aggregator_definitions SET failure = $2::text::json, failed_at = CASE WHEN $2::text IS NOT NULL THEN clock_timestamp() END
     WHERE name = $1 AND failure::text IS DISTINCT FROM $2::text RETURNING ${notifyAggregatedSql('name')}`,
    [name, failure],
  );
}

async function currentVersion(
  client: Client,
  name: string,
): Promise<{ body: string; version: number } | undefined> {
  const { rows } = await client.query<{ body: string; version: number }>(
    `SELECT v.body::text AS body, v.version FROM aggregator_versions v
     JOIN aggregator_definitions d ON d.name = v.definition AND d.version = v.version WHERE d.name = $1`,
    [name],
  );
  return rows[0];
}

/**
 * Reads the plans of all versions, as open sessions keep theirs. They share one field table: a record is read once for all of them.
 * @returns `definition` is the newest version
 * @throws {DefinitionError} where this program can't read a version; {Error} where there is no definition of the name
 */
export async function readPlans(
  client: Client,
  name: string,
): Promise<{
  readonly plans: ReadonlyMap<number, Plan>;
  readonly fields: FieldTable;
  readonly definition: Definition;
}> {
  const { rows } = await client.query<{ version: number; body: unknown }>(
    'SELECT version, body FROM aggregator_versions WHERE definition = $1 ORDER BY version',
    [name],
  );
  const fields = new FieldTable();
  const versions = rows.map(({ version, body }) => ({ version, definition: checkValue(body, false) }));
  const latest = versions.at(-1);
  if (latest === undefined) throw new Error(`there is no definition ${name}`);
  const plans = new Map(
    versions.map(({ version, definition }) => [version, compile(definition, version, fields)]),
  );
  return { plans, fields, definition: latest.definition };
}

/** The revision of a definition, which each change of its sessions increments; 0 where there is no definition of the name. */
export async function readRevision(client: Client, name: string): Promise<number> {
  const { rows } = await client.query<{ revision: number }>(
    'SELECT revision FROM aggregator_definitions WHERE name = $1',
    [name],
  );
  return rows[0]?.revision ?? 0;
}

export type LiveDefinition = {
  readonly name: string;
  readonly topic: string;
  /** Distinguishes it from a deleted one of the same name. */
  readonly created_at: Date;
};

/** The definitions that name a topic and aren't paused. */
export async function readLiveDefinitions(pool: Pool): Promise<readonly LiveDefinition[]> {
  // The topic is read here: a body with "\u0000" fails Postgres's JSON operators, and with them the query for all definitions.
  const { rows } = await pool.query<{ name: string; body: string; created_at: Date }>(
    `SELECT d.name, v.body::text AS body, d.created_at FROM aggregator_definitions d
     JOIN aggregator_versions v ON v.definition = d.name AND v.version = d.version
     WHERE NOT d.paused ORDER BY d.name`,
  );
  return rows.flatMap(({ name, body, created_at }) => {
    const topic = topicOf(body);
    return topic === undefined ? [] : [{ name, topic, created_at }];
  });
}

/** The topic of a stored body; undefined for a definition over files. */
export const topicOf = (body: string): string | undefined =>
  (JSON.parse(body) as { readonly topic?: string }).topic;
