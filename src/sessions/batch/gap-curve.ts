// The number of sessions by session gap, from one pass over the events.

import type { DuckDBConnection } from '@duckdb/node-api';
import { queryText, rowsOf, viewSteps } from './statements.ts';

const CURVE_MINUTES = [1, 5, 10, 15, 30, 60] as const;
export type CurvePoint = { readonly gap: string; readonly sessions: number };

/** The counts for each gap of CURVE_MINUTES. */
export async function readGapCurve(connection: DuckDBConnection): Promise<CurvePoint[]> {
  await viewSteps(connection);
  const [row = {}] = await rowsOf(connection, queryText('gap_curve'));
  return CURVE_MINUTES.map((minutes) => ({
    gap: `${minutes}m`,
    sessions: Number(row[`minutes_${minutes}`] ?? 0),
  }));
}
