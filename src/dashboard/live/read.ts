// Stored events for the live panels: those of the windows at an instant, and those that were stored since the last look.

import { type Client, type Pool, transaction } from '../../db/pool.ts';
import type { PanelEvent } from './event.ts';
import { CLICKS_MS, MINUTE_MS, RAW_EVENTS, VISITOR_BARS } from './windows.ts';

const COLUMNS = `replace(order_id::text, '-', '') AS order_id, replace(user_id::text, '-', '') AS user_id,
  title, product, site_version, context->>'item' AS item, context->>'ip' AS ip, context->>'user_agent' AS user_agent,
  is_robot(context) AS robot, is_simulated(context) AS simulated,
  (extract(epoch FROM "time") * 1000)::bigint AS time_ms,
  (extract(epoch FROM coalesce(appended_at, stored_at)) * 1000)::bigint AS arrived_ms,
  topic, "partition", "offset"::text AS "offset"`;

type Row = {
  readonly order_id: string;
  readonly user_id: string;
  readonly title: PanelEvent['title'];
  readonly product: PanelEvent['product'];
  readonly site_version: PanelEvent['siteVersion'];
  readonly item: string | null;
  readonly ip: string | null;
  readonly user_agent: string | null;
  readonly robot: boolean;
  readonly simulated: boolean;
  readonly time_ms: number;
  readonly arrived_ms: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
};

const eventOf = (row: Row): PanelEvent => ({
  orderId: row.order_id,
  userId: row.user_id,
  title: row.title,
  product: row.product,
  siteVersion: row.site_version,
  item: row.item ?? undefined,
  timeMs: row.time_ms,
  arrivedMs: row.arrived_ms,
  robot: row.robot,
  simulated: row.simulated,
  ip: row.ip ?? undefined,
  userAgent: row.user_agent ?? undefined,
  topic: row.topic,
  partition: row.partition,
  offset: row.offset,
});

/**
 * How far events were read. Transactions commit in another order than they are numbered in: all before `mark` were over, and of those from
 * there on the named ones had committed. All rows of a transaction are seen at once.
 */
export type ReadUpTo = { readonly mark: string; readonly transactions: readonly string[] };

/** Events that were stored since, each once, and how far they are read now. */
export type NewEvents = { readonly events: readonly PanelEvent[]; readonly upTo: ReadUpTo };

/** Events of the windows and the last ones by arrival; `since` are those that the other windows have not read. */
export type Loaded = { readonly events: readonly PanelEvent[]; readonly since: NewEvents };

/** Reads what windows hold now, and what lies ahead of them. @param upTo how far other windows have read */
export function readWindows(pool: Pool, nowMs: number, upTo: ReadUpTo | undefined): Promise<Loaded> {
  return inSnapshot(pool, async (client) => {
    const mark = await readMark(client);
    const from = upTo ?? { mark, transactions: [] };
    const { rows: since } = await client.query<StoredRow>(SINCE, [from.mark, from.transactions]);
    const rows = [...(await readHeld(client, nowMs)), ...(await readLast(client)), ...since];
    return { events: eachOnce(rows), since: newEvents(from, since, mark) };
  });
}

/** Reads what windows held at an instant, by the times of the events. */
export function readWindowsAt(pool: Pool, atMs: number): Promise<readonly PanelEvent[]> {
  return inSnapshot(pool, async (client) =>
    eachOnce([...(await readHeld(client, atMs, atMs)), ...(await readLastBefore(client, atMs))]),
  );
}

const inSnapshot = <T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> =>
  transaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return work(client);
  });

const eachOnce = (rows: readonly Row[]): PanelEvent[] =>
  [...new Map(rows.map((row) => [row.order_id, row])).values()].map(eventOf);

async function readHeld(client: Client, atMs: number, untilMs?: number): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM events
     WHERE stored_at IS NOT NULL AND "time" > to_timestamp($1 / 1000.0)
       AND ($3::bigint IS NULL OR "time" <= to_timestamp($3 / 1000.0))
       AND (title = 'banner_click' OR "time" > to_timestamp($2 / 1000.0))`,
    [atMs - CLICKS_MS, atMs - VISITOR_BARS * MINUTE_MS, untilMs ?? null],
  );
  return rows;
}

const readMark = async (client: Client): Promise<string> =>
  (await client.query<{ mark: string }>('SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS mark'))
    .rows[0]?.mark ?? '0';

async function readLast(client: Client): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM events WHERE stored_in IS NOT NULL ORDER BY stored_in DESC LIMIT ${RAW_EVENTS}`,
  );
  return rows;
}

async function readLastBefore(client: Client, untilMs: number): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM events
     WHERE stored_at IS NOT NULL AND "time" <= to_timestamp($1 / 1000.0)
     ORDER BY "time" DESC LIMIT ${RAW_EVENTS}`,
    [untilMs],
  );
  return rows;
}

const SINCE = `SELECT ${COLUMNS}, stored_in::text AS stored_in FROM events
  WHERE stored_in IS NOT NULL AND stored_in >= $1::xid8 AND stored_in <> ALL ($2::xid8[])`;

type StoredRow = Row & { readonly stored_in: string };

/** Reads what was stored since. One statement, and so one snapshot. */
export async function readNew(pool: Pool, upTo: ReadUpTo): Promise<NewEvents> {
  const { rows } = await pool.query<{ next: string } & (StoredRow | { readonly order_id: null })>({
    name: 'new_events',
    text: `SELECT next, since.* FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS next) AS marked
       LEFT JOIN (${SINCE}) AS since ON true`,
    values: [upTo.mark, upTo.transactions],
  });
  const since = rows.flatMap((row) => (row.order_id === null ? [] : [row]));
  return newEvents(upTo, since, rows[0]?.next ?? upTo.mark);
}

function newEvents({ transactions }: ReadUpTo, since: readonly StoredRow[], mark: string): NewEvents {
  const read = new Set([...transactions, ...since.map(({ stored_in }) => stored_in)]);
  const first = BigInt(mark);
  return {
    events: since.map(eventOf),
    upTo: { mark, transactions: [...read].filter((transaction) => BigInt(transaction) >= first) },
  };
}
