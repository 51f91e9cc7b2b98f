// The state of a run in Postgres: its rows and dead letters, and a recount of the rollups of its time. One query
// a function.

import type { Pool } from '../../db/pool.ts';
import { digestOf } from './entry.ts';
import type { RecordPlace } from './topic.ts';

const CHUNK = 20_000;

export type StoredRow = RecordPlace & { readonly content: string; readonly time: number };

type Row = {
  order_id: string;
  user_id: string;
  page_id: string;
  product: 'accessories';
  site_version: 'desktop';
  title: 'order';
  time: number;
  partition: number;
  offset: number;
};

/** The rows of these events, by order_id. */
export async function readRows(pool: Pool, orderIds: readonly string[]): Promise<Map<string, StoredRow>> {
  const rows = new Map<string, StoredRow>();
  for (let from = 0; from < orderIds.length; from += CHUNK) {
    const { rows: some } = await pool.query<Row>(
      `SELECT ${['order_id', 'user_id', 'page_id'].map((name) => `replace(${name}::text, '-', '') AS ${name}`).join(', ')},
         product, site_version, title, round(1000 * extract(epoch FROM "time"))::bigint AS "time", "partition", "offset"
       FROM events WHERE order_id = ANY ($1::uuid[])`,
      [orderIds.slice(from, from + CHUNK)],
    );
    for (const row of some)
      rows.set(row.order_id, {
        content: digestOf(row),
        time: row.time,
        partition: row.partition,
        offset: String(row.offset),
      });
  }
  return rows;
}

export type SetAside = RecordPlace & { readonly code: string; readonly poison: string | null };

/** Dead letters of a topic since a run began. `poison` is the record's number in the bytes of a batch. */
export async function readSetAside(
  pool: Pool,
  cluster: string,
  topic: string,
  from: Readonly<Record<string, string>>,
  run: string,
): Promise<SetAside[]> {
  const partitions = Object.keys(from).map(Number);
  const { rows } = await pool.query<SetAside & { offset: number }>(
    `SELECT "partition", "offset", code,
       CASE WHEN code = 'undecodable' THEN substring(encode(payload, 'escape') FROM $5) END AS poison
     FROM dead_letters JOIN unnest($3::int[], $4::bigint[]) AS begun(begun_in, begun_at)
       ON begun_in = "partition" AND "offset" >= begun_at
     WHERE cluster_id = $1 AND topic = $2`,
    [cluster, topic, partitions, partitions.map((one) => from[one]), `${run}/(\\d+);`],
  );
  return rows.map((row) => ({ ...row, offset: String(row.offset) }));
}

/** Rollups by name, each with the recount of the live rows. */
const RECOUNTS = {
  minute_counts: [
    `SELECT minute AS at, product, title, device, sum(count)::bigint AS count FROM minute_counts
     WHERE source >= 0 AND minute BETWEEN date_trunc('minute', $1::timestamptz, 'UTC') AND $2 GROUP BY 1, 2, 3, 4`,
    `SELECT date_trunc('minute', "time", 'UTC'), product, title, site_version, count(*) FROM events
     WHERE stored_at IS NOT NULL AND "time" >= date_trunc('minute', $1::timestamptz, 'UTC')
       AND "time" < date_trunc('minute', $2::timestamptz, 'UTC') + interval '1 minute' GROUP BY 1, 2, 3, 4`,
  ],
  day_counts: [
    `SELECT day AS at, product, title, device, sum(count)::bigint AS count FROM day_counts
     WHERE source >= 0 AND day BETWEEN ($1::timestamptz AT TIME ZONE (SELECT shop_time_zone()))::date
       AND ($2::timestamptz AT TIME ZONE (SELECT shop_time_zone()))::date GROUP BY 1, 2, 3, 4`,
    `SELECT ("time" AT TIME ZONE (SELECT shop_time_zone()))::date, product, title, site_version, count(*) FROM events
     WHERE stored_at IS NOT NULL
       AND "time" >= date_trunc('day', $1::timestamptz, (SELECT shop_time_zone()))
       AND "time" < date_trunc('day', $2::timestamptz + interval '26 hours', (SELECT shop_time_zone()))
       AND ("time" AT TIME ZONE (SELECT shop_time_zone()))::date
         <= ($2::timestamptz AT TIME ZONE (SELECT shop_time_zone()))::date GROUP BY 1, 2, 3, 4`,
  ],
} as const;

/**
 * Differences between rollups and the rows, one line for each.
 * @param first time of the first event, and `last` of the last one, milliseconds since 1970
 */
export async function rollupProblems(pool: Pool, first: number, last: number): Promise<string[]> {
  const problems: string[] = [];
  for (const [name, [kept, recount]] of Object.entries(RECOUNTS)) {
    // One statement sees one snapshot, whatever is stored meanwhile.
    const { rows } = await pool.query<{ at: Date | string; kind: string; kept: number; recount: number }>(
      `WITH kept AS (${kept}), again(at, product, title, device, count) AS (${recount})
       SELECT at, concat_ws(' ', product, title, device) AS kind, coalesce(kept.count, 0) AS kept,
         coalesce(again.count, 0) AS recount
       FROM kept FULL JOIN again USING (at, product, title, device)
       WHERE coalesce(kept.count, 0) <> coalesce(again.count, 0) ORDER BY 1, 2`,
      [new Date(first), new Date(last)],
    );
    for (const row of rows) {
      const at = typeof row.at === 'string' ? row.at : row.at.toISOString();
      problems.push(
        `${name} ${at} ${row.kind}: counts ${row.kept}, expected ${row.recount}, the number of rows`,
      );
    }
  }
  return problems;
}
