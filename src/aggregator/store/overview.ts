// What the page and the API show of definitions. Counts are exact up to COUNTED, as counting millions of sessions takes too long.

import type { Client, Pool } from '../../db/pool.ts';
import { compile, FieldTable, type Plan } from '../core/plan.ts';
import { loadSession, type Session } from '../core/session.ts';
import { checkValue } from '../definition/read.ts';
import type { Definition } from '../definition/schema.ts';

export const COUNTED = 100_000;

export type KnownDefinition = {
  readonly name: string;
  readonly version: number;
  readonly paused: boolean;
  /** Why it does not run; null where it runs. */
  readonly failure: string | null;
  readonly failed_at: Date | null;
  readonly created_at: Date;
  readonly saved_at: Date;
  readonly grouping: string;
  /** Not validated, as a newer program may have saved it. */
  readonly body: unknown;
  /** At most COUNTED + 1 each. */
  readonly open: number;
  readonly results: number;
  readonly set_aside: number;
  readonly last_flush: Date | null;
};

const bounded = (from: string) => `(SELECT count(*) FROM (SELECT FROM ${from} LIMIT ${COUNTED + 1}) AS few)`;
const KNOWN = `SELECT d.name, d.version, d.paused, d.failure, d.failed_at, d.created_at, v.saved_at, v.grouping, v.body,
    ${bounded('aggregator_sessions s WHERE s.definition = d.name AND s.grouping = v.grouping')} AS open,
    ${bounded('aggregator_results r WHERE r.definition = d.name')} AS results,
    ${bounded('aggregator_set_aside a WHERE a.definition = d.name')} AS set_aside,
    (SELECT r.flushed_at FROM aggregator_results r WHERE r.definition = d.name ORDER BY r.seq DESC LIMIT 1) AS last_flush
  FROM aggregator_definitions d JOIN aggregator_versions v ON v.definition = d.name AND v.version = d.version`;

/** All definitions, in the order of their names. */
export async function listDefinitions(pool: Pool): Promise<readonly KnownDefinition[]> {
  const { rows } = await pool.query<KnownDefinition>(`${KNOWN} ORDER BY d.name`);
  return rows;
}

/** A definition by its name. @param name text that Postgres can store */
export async function findDefinition(pool: Pool, name: string): Promise<KnownDefinition | undefined> {
  const { rows } = await pool.query<KnownDefinition>(`${KNOWN} WHERE d.name = $1`, [name]);
  return rows[0];
}

export type KnownVersion = {
  readonly version: number;
  readonly saved_at: Date;
  readonly grouping: string;
  readonly body: unknown;
  /** Sessions of its grouping, asleep or not; at most COUNTED + 1. */
  readonly sessions: number;
};

/** All versions, newest first. */
export async function listVersions(pool: Pool, name: string): Promise<readonly KnownVersion[]> {
  const { rows } = await pool.query<KnownVersion>(
    `SELECT v.version, v.saved_at, v.grouping, v.body,
       ${bounded('aggregator_sessions s WHERE s.definition = v.definition AND s.grouping = v.grouping')} AS sessions
     FROM aggregator_versions v WHERE v.definition = $1 ORDER BY v.version DESC`,
    [name],
  );
  return rows;
}

/** A stored body as a definition; undefined where this program can't read it. */
export function definitionOf(body: unknown): Definition | undefined {
  try {
    return checkValue(body);
  } catch {
    return undefined;
  }
}

/** Open sessions of the grouping in force, the next due first. @param most sessions at most */
export async function readOpenSessions(
  pool: Pool | Client,
  name: string,
  most: number,
): Promise<readonly Session[]> {
  const { rows } = await pool.query<{ state: string; version: number; body: unknown }>(
    // The limit is inside of the subquery: around the join, millions of sessions would be sorted instead of reading the index.
    `SELECT s.state::text AS state, s.version, opened.body
     FROM aggregator_definitions d
       JOIN aggregator_versions v ON v.definition = d.name AND v.version = d.version
       CROSS JOIN LATERAL (
         SELECT state, version, due_at FROM aggregator_sessions
         WHERE definition = d.name AND grouping = v.grouping ORDER BY due_at LIMIT $2) AS s
       JOIN aggregator_versions opened ON opened.definition = d.name AND opened.version = s.version
     WHERE d.name = $1 ORDER BY s.due_at`,
    [name, most],
  );
  const fields = new FieldTable();
  const plans = new Map<number, Plan>();
  return rows.map(({ state, version, body }) => {
    const plan = plans.get(version) ?? compile(checkValue(body, false), version, fields);
    plans.set(version, plan);
    return loadSession(plan, state);
  });
}

export type KnownResult = {
  readonly seq: number;
  readonly id: string;
  /** JSON text, with all digits. */
  readonly row: string;
  readonly flushed_at: Date;
  /** Id of the batch run; null in real time. */
  readonly run: number | null;
};

const RESULTS = 'SELECT seq, id, row::text AS row, flushed_at, run FROM aggregator_results';

/** A page of flushed rows, the newest first. @param before `seq` of the last row of the previous page */
export async function newestResults(
  pool: Pool,
  name: string,
  most: number,
  before: number | undefined,
): Promise<readonly KnownResult[]> {
  const { rows } = await pool.query<KnownResult>(
    `${RESULTS}
     WHERE definition = $1 AND ($3::bigint IS NULL OR seq < $3) ORDER BY seq DESC LIMIT $2`,
    [name, most, before ?? null],
  );
  return rows;
}

/** A flushed row by its id, which is `meta.id`. */
export async function findResult(pool: Pool, name: string, id: string): Promise<KnownResult | undefined> {
  const { rows } = await pool.query<KnownResult>(`${RESULTS} WHERE definition = $1 AND id = $2`, [name, id]);
  return rows[0];
}

export type KnownAside = {
  readonly seq: number;
  readonly source: string;
  readonly position: number;
  readonly field: string;
  readonly message: string;
  readonly at: Date;
};

/** A page of records that were set aside, the newest first. @param before `seq` of the last one of the previous page */
export async function newestAsides(
  pool: Pool,
  name: string,
  most: number,
  before: number | undefined,
): Promise<readonly KnownAside[]> {
  const { rows } = await pool.query<KnownAside>(
    `SELECT seq, source, position, field, message, at FROM aggregator_set_aside
     WHERE definition = $1 AND ($3::bigint IS NULL OR seq < $3) ORDER BY seq DESC LIMIT $2`,
    [name, most, before ?? null],
  );
  return rows;
}
