// Other definitions of a session beside ours: the number of sessions of each, and the events at which it differs.

import type { DuckDBConnection } from '@duckdb/node-api';
import { RULES, type Rule } from '../options.ts';
import { makeStages, queryText, type Row, rowsOf } from './statements.ts';

/** An event that opens a session by one of the two rules alone. */
export type Difference = {
  readonly visitor: string;
  readonly sent_ms: number;
  /** Since the visitor's event before; null at the first. */
  readonly gap_ms: number | null;
  readonly file: string;
  readonly opens_by: Rule;
};

export type RuleTotals = {
  /** Sessions by each rule, and the events at which it differs from ours. */
  readonly totals: readonly {
    readonly rule: Rule;
    readonly sessions: number;
    readonly differing_events: number;
  }[];
  /** The first events at which the requested rule differs, by visitor and time. */
  readonly differences: readonly Difference[];
};

/** At most so many differences are listed; the totals count all. */
const LISTED = 20;

/** Needs events that were read with their ids. @param rule whose differences are listed */
export async function readRules(connection: DuckDBConnection, rule: Rule | 'all'): Promise<RuleTotals> {
  await makeStages(connection, 'steps', { keepEvents: true });
  await connection.run(`CREATE TABLE opened AS ${queryText('rules')}`);
  const sums = RULES.map(
    (name) => `sum(${name}) AS ${name}, count(*) FILTER (${name} <> ours) AS ${name}_differs`,
  );
  const [row = {}] = await rowsOf(connection, `SELECT ${sums.join(', ')} FROM opened`);
  const totals = RULES.map((name) => ({
    rule: name,
    sessions: Number(row[name]),
    differing_events: Number(row[`${name}_differs`]),
  }));
  const asked = rule === 'all' ? RULES : [rule];
  const differences: Difference[] = [];
  for (const name of asked) differences.push(...(await differencesOf(connection, name)));
  return { totals, differences };
}

async function differencesOf(connection: DuckDBConnection, rule: Rule): Promise<Difference[]> {
  const rows = await rowsOf(
    connection,
    `WITH differing AS (
      SELECT * FROM opened WHERE ${rule} <> ours
    ), named AS (
      SELECT DISTINCT visitor, anonymous_id FROM events WHERE visitor IN (SELECT visitor FROM differing)
    )
    SELECT anonymous_id, sent_ms, gap_ms, name, ${rule} AS opens
    FROM differing JOIN named USING (visitor) JOIN files USING (file)
    ORDER BY anonymous_id, sent_ms, file LIMIT ${LISTED}`,
  );
  return rows.map((row) => differenceOf(row, rule));
}

const differenceOf = ({ anonymous_id, sent_ms, gap_ms, name, opens }: Row, rule: Rule): Difference => ({
  visitor: String(anonymous_id),
  sent_ms: Number(sent_ms),
  gap_ms: gap_ms === null ? null : Number(gap_ms),
  file: String(name),
  opens_by: Number(opens) === 1 ? rule : 'ours',
});
