// Stored events for the live panels: those of the windows at an instant, and those that were stored since the last look. What was
// read is told apart from what comes after it by Postgres's snapshot, and by ingest's offset of each partition, which is moved in the
// transaction that stores the events: all below the offsets were read, and none from there on.

import { type Client, type Pool, transaction } from '../../db/pool.ts';
import { type Whose, whoseIs } from '../../events/whose.ts';
import type { PanelEvent } from './event.ts';
import { EVENT, type EventRow, eventOf, storedOf } from './event-row.ts';
import { CLICKS_MS, MINUTE_MS, RAW_EVENTS, VISITOR_BARS } from './windows.ts';

/** The next offset of each partition, as text. */
export type Offsets = Readonly<Record<string, string>>;

/** Which of Postgres's transactions were seen, and how far ingest was in the topic. */
export type Position = {
  /** As pg_current_snapshot() writes it. */
  readonly snapshot: string;
  /** Of ingest's topic on the cluster that it read last; empty where it has stored nothing. */
  readonly offsets: Offsets;
};

/**
 * How far events were read. Transactions commit in another order than they are numbered in: all before `mark` were over, and of those from
 * there on the named ones had committed. All rows of a transaction are seen at once.
 */
export type ReadUpTo = Position & { readonly mark: string; readonly transactions: readonly string[] };

/** Ingest's group and topic: whose offsets are read beside the events. */
export type Ingested = { readonly group: string; readonly topic: string };

/** Events that were stored since, each once, and how far they are read now. */
export type NewEvents = { readonly events: readonly PanelEvent[]; readonly upTo: ReadUpTo };

/** Events of the windows and the last ones by arrival; `since` are those that the other windows have not read. */
export type Loaded = { readonly events: readonly PanelEvent[]; readonly since: NewEvents };

/**
 * Reads what windows hold now, and what lies ahead of them.
 * @param upTo how far other windows have read
 * @param whose last events by arrival are wanted, as far as they are among the last thousands of all
 */
export function readWindows(
  pool: Pool,
  nowMs: number,
  upTo: ReadUpTo | undefined,
  ingested?: Ingested,
  whose?: Whose,
): Promise<Loaded> {
  return inSnapshot(pool, async (client) => {
    const read = await readPosition(client, ingested);
    const from = upTo ?? { mark: read.mark, transactions: [] };
    const { rows } = await client.query<EventRow>(SINCE, [from.mark, from.transactions]);
    const since = newEvents(from, rows, read);
    const held = await readHeld(client, nowMs);
    const last = await readLast(client, whose);
    return { events: eachOnce([...held, ...last, ...since.events]), since };
  });
}

/**
 * Reads what windows held at an instant, by the times of the events.
 * @param counted a Position's snapshot: what was stored after it is left out
 * @param whose last events are wanted, as above
 */
export function readWindowsAt(
  pool: Pool,
  atMs: number,
  ingested?: Ingested,
  counted?: string,
  whose?: Whose,
): Promise<{ readonly events: readonly PanelEvent[]; readonly read: Position }> {
  return inSnapshot(pool, async (client) => {
    const { snapshot, offsets } = positionOf(await readPosition(client, ingested));
    const held = await readHeld(client, atMs, atMs, counted);
    const last = await readLastBefore(client, atMs, counted, whose);
    return { events: eachOnce([...held, ...last]), read: { snapshot, offsets } };
  });
}

const inSnapshot = <T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> =>
  transaction(pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return work(client);
  });

const eachOnce = (events: readonly PanelEvent[]): PanelEvent[] => [
  ...new Map(events.map((event) => [event.orderId, event])).values(),
];

/** @param parameter a snapshot; NULL: everything is seen */
const isSeenBy = (parameter: string): string =>
  `(${parameter}::text IS NULL OR stored_in IS NULL OR pg_visible_in_snapshot(stored_in, ${parameter}::pg_snapshot))`;

async function readHeld(
  client: Client,
  atMs: number,
  untilMs?: number,
  counted?: string,
): Promise<PanelEvent[]> {
  const { rows } = await client.query<EventRow>(
    `SELECT ${EVENT} FROM events
     WHERE stored_at IS NOT NULL AND "time" > to_timestamp($1 / 1000.0)
       AND ($3::bigint IS NULL OR "time" <= to_timestamp($3 / 1000.0))
       AND (title = 'banner_click' OR "time" > to_timestamp($2 / 1000.0)) AND ${isSeenBy('$4')}`,
    [atMs - CLICKS_MS, atMs - VISITOR_BARS * MINUTE_MS, untilMs ?? null, counted ?? null],
  );
  return rows.map(eventOf);
}

type Read = { readonly mark: string; readonly snapshot: string; readonly offsets: string | null };

/** SQL of a Read. The cluster is the one that ingest wrote of last. @param group, topic parameters */
const positionSql = (group: string, topic: string): string => {
  const own = `FROM consumer_offsets WHERE consumer_group = ${group} AND topic = ${topic}`;
  return `pg_snapshot_xmin(pg_current_snapshot())::text AS mark, pg_current_snapshot()::text AS snapshot,
    (SELECT json_object_agg("partition", next_offset::text) ${own}
       AND cluster_id = (SELECT cluster_id ${own} ORDER BY updated_at DESC LIMIT 1))::text AS offsets`;
};

const NOTHING_READ: Read = { mark: '0', snapshot: '1:1:', offsets: null };

const positionOf = ({ snapshot, offsets }: Read): Position => ({
  snapshot,
  offsets: offsets === null ? {} : JSON.parse(offsets),
});

async function readPosition(client: Client, ingested?: Ingested): Promise<Read> {
  const { rows } = await client.query<Read>(`SELECT ${positionSql('$1', '$2')}`, [
    ingested?.group ?? null,
    ingested?.topic ?? null,
  ]);
  return rows[0] ?? NOTHING_READ;
}

/** Among so many of the last events those are looked for that are wanted: where none is, the rest of the table is not read for it. */
const LOOKED_AT = 3_000;
const FEW = `SELECT ${EVENT} FROM few
  WHERE ($1::boolean IS NULL OR is_robot(context) = $1) AND ($2::boolean IS NULL OR is_simulated(context) = $2)`;

async function readLast(client: Client, whose?: Whose): Promise<PanelEvent[]> {
  const { rows } = await client.query<EventRow>(
    `WITH few AS (
       SELECT * FROM events WHERE stored_in IS NOT NULL ORDER BY stored_in DESC LIMIT ${LOOKED_AT}
     ) ${FEW} ORDER BY coalesce(appended_at, stored_at) DESC, "partition" DESC, "offset" DESC LIMIT ${RAW_EVENTS}`,
    wanted(whose),
  );
  return rows.map(eventOf);
}

const wanted = (whose: Whose | undefined) => (whose === undefined ? [null, null] : whoseIs(whose));

async function readLastBefore(
  client: Client,
  untilMs: number,
  counted?: string,
  whose?: Whose,
): Promise<PanelEvent[]> {
  const { rows } = await client.query<EventRow>(
    `WITH few AS (
       SELECT * FROM events
       WHERE stored_at IS NOT NULL AND "time" <= to_timestamp($3 / 1000.0) AND ${isSeenBy('$4')}
       ORDER BY "time" DESC LIMIT ${LOOKED_AT}
     ) ${FEW} ORDER BY "time" DESC LIMIT ${RAW_EVENTS}`,
    [...wanted(whose), untilMs, counted ?? null],
  );
  return rows.map(eventOf);
}

const SINCE = `SELECT ${EVENT} FROM events
  WHERE stored_in IS NOT NULL AND stored_in >= $1::xid8 AND stored_in <> ALL ($2::xid8[])`;

/** A Read as the line of a row that has no visitor. */
type PositionRow = { readonly user_id: null; readonly line: string };

/** Reads what was stored since. One statement, and so one snapshot. */
export async function readNew(pool: Pool, upTo: ReadUpTo, ingested?: Ingested): Promise<NewEvents> {
  const { rows } = await pool.query<EventRow | PositionRow>({
    name: 'new_events',
    text: `SELECT NULL AS user_id, row_to_json(read)::text AS line FROM (SELECT ${positionSql('$3', '$4')}) AS read
      UNION ALL ${SINCE}`,
    values: [upTo.mark, upTo.transactions, ingested?.group ?? null, ingested?.topic ?? null],
  });
  let read: Read = { ...NOTHING_READ, mark: upTo.mark };
  const since: EventRow[] = [];
  for (const row of rows) {
    if (row.user_id === null) read = JSON.parse(row.line);
    else since.push(row);
  }
  return newEvents(upTo, since, read);
}

function newEvents(
  { transactions }: Pick<ReadUpTo, 'transactions'>,
  since: readonly EventRow[],
  read: Read,
): NewEvents {
  const seen = new Set(transactions);
  const events = since.map((row) => {
    const { event, storedIn } = storedOf(row);
    if (storedIn !== undefined) seen.add(storedIn);
    return event;
  });
  const first = BigInt(read.mark);
  return {
    events,
    upTo: {
      ...positionOf(read),
      mark: read.mark,
      transactions: [...seen].filter((transaction) => BigInt(transaction) >= first),
    },
  };
}
