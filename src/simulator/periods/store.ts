// Fault periods in Postgres. Each write notifies the web processes on CHANGE_CHANNEL. One query a function.

import { CHANGE_CHANNEL, FAULTS_MESSAGE } from '../../db/change.ts';
import type { Pool } from '../../db/pool.ts';

/** Origin of a fault: simulated events, or the pipeline. */
export const SOURCES = ['simulator', 'pipeline'] as const;
export type FaultSource = (typeof SOURCES)[number];

const MOST_PERIODS = 1_000;

export type NewPeriod = {
  readonly source: FaultSource;
  readonly fault: string;
  /** Of the events, 0 to 1; null for a fault of the pipe. */
  readonly share: number | null;
  readonly began: Date;
  readonly ends: Date;
};
export type Period = Omit<NewPeriod, 'began' | 'ends'> & {
  readonly from: Date;
  /** Null while it runs. */
  readonly to: Date | null;
};

/** @returns its id. @throws pg's error */
export async function beginPeriod(pool: Pool, period: NewPeriod): Promise<string> {
  const { source, fault, share, began, ends } = period;
  const { rows } = await pool.query<{ id: string }>(
    `WITH begun AS (
       INSERT INTO fault_periods (source, fault, share, began_at, ends_at) VALUES ($1, $2, $3, $4, $5) RETURNING id::text
     ), told AS (SELECT pg_notify('${CHANGE_CHANNEL}', '${FAULTS_MESSAGE}') FROM begun)
     SELECT id FROM begun, told`,
    [source, fault, share, began, ends],
  );
  return rows[0]?.id ?? '';
}

/** Extends periods. @throws pg's error */
export async function extendPeriods(pool: Pool, ids: readonly string[], ends: Date): Promise<void> {
  await pool.query('UPDATE fault_periods SET ends_at = $2 WHERE id = ANY ($1::bigint[])', [ids, ends]);
}

/** Ends those of these periods that still run. @throws pg's error */
export async function endPeriods(pool: Pool, ids: readonly string[], end: Date): Promise<void> {
  await pool.query(
    `WITH ended AS (
       UPDATE fault_periods SET ends_at = greatest($2, began_at) WHERE id = ANY ($1::bigint[]) AND ends_at > $2 RETURNING 1
     ) SELECT pg_notify('${CHANGE_CHANNEL}', '${FAULTS_MESSAGE}') FROM (SELECT count(*) FROM ended) AS counted`,
    [ids, end],
  );
}

/** Deletes the period of a fault that did not take place. @throws pg's error */
export async function dropPeriod(pool: Pool, id: string): Promise<void> {
  await pool.query('DELETE FROM fault_periods WHERE id = $1', [id]);
}

/** Periods that reach into a range, the latest first, at most 1,000. @throws pg's error */
export async function readPeriods(pool: Pool, from: Date, to: Date, now: Date): Promise<Period[]> {
  const { rows } = await pool.query<Period>(
    `SELECT source, fault, share, began_at AS "from", CASE WHEN ends_at <= $3 THEN ends_at END AS "to" FROM fault_periods
     WHERE ends_at >= $1 AND began_at < $2 ORDER BY began_at DESC, id DESC LIMIT ${MOST_PERIODS}`,
    [from, to, now],
  );
  return rows;
}
