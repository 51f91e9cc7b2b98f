// The events of a few visitors in files, each with its verdict.

import type { DuckDBConnection } from '@duckdb/node-api';
import { explainVisits } from '../explain.ts';
import { rowsOf } from './statements.ts';

export type ExplainedRow = {
  readonly visitor: string;
  readonly session: number;
  readonly time: string;
  readonly file: string;
  readonly verdict: string;
};

/** Needs events that were read with ids, of the visitors to be explained alone. */
export async function explainFiles(connection: DuckDBConnection, gapMs: number): Promise<ExplainedRow[]> {
  const rows = await rowsOf(
    connection,
    'SELECT anonymous_id, sent_ms, name FROM events JOIN files USING (file) ORDER BY anonymous_id, sent_ms, file',
  );
  const events = rows.map(({ anonymous_id, sent_ms, name }) => ({
    visitor: String(anonymous_id),
    sentMs: Number(sent_ms),
    place: String(name),
  }));
  const visitors = new Set(events.map(({ visitor }) => visitor));
  return [...visitors].flatMap((visitor) =>
    explainVisits(
      events.filter((event) => event.visitor === visitor),
      gapMs,
    ).map(({ session, sentMs, place, verdict }) => ({
      visitor,
      session,
      time: new Date(sentMs).toISOString(),
      file: place,
      verdict,
    })),
  );
}
