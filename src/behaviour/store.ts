// Places and offers in Postgres, and what a batch of clicks writes.

import { type Moving, movingSql } from '../consumer/offsets.ts';
import type { Client, Pool } from '../db/pool.ts';
import type { Move } from './log.ts';
import { FIRST, type OfferName, type Place, START, STATES } from './machine.ts';

/** Held by whoever moves visitors: a visitor's events may be in partitions of several processes. */
export const BEHAVIOUR_LOCK = 0x5514;

type PlaceRow = {
  readonly user_id: string;
  readonly state: string;
  readonly first_item: string | null;
  readonly first_ms: number | null;
  readonly last_item: string | null;
};

const placeOf = (row: PlaceRow): Place => ({
  state: STATES.find((state) => state === row.state) ?? FIRST,
  firstItem: row.first_item ?? undefined,
  firstMs: row.first_ms ?? undefined,
  lastItem: row.last_item ?? undefined,
});

/** Where visitors are; who is at the start is not in it. */
export async function readPlaces(
  client: Client | Pool,
  userIds: readonly string[],
): Promise<Map<string, Place>> {
  const { rows } = await client.query<PlaceRow>({
    name: 'places',
    text: `SELECT replace(user_id::text, '-', '') AS user_id, state, first_item, last_item,
       (extract(epoch FROM first_at) * 1000)::bigint AS first_ms
     FROM behaviour_states WHERE user_id = ANY($1::uuid[])`,
    values: [userIds],
  });
  return new Map(rows.map((row) => [row.user_id, placeOf(row)]));
}

/** Where a visitor is. */
export const readPlace = async (pool: Pool, userId: string): Promise<Place> =>
  (await readPlaces(pool, [userId])).get(userId) ?? START;

const placeRow = ([userId, { state, firstItem, firstMs, lastItem }]: [string, Place]) => ({
  user_id: userId,
  state,
  first_item: firstItem ?? null,
  first_at: firstMs === undefined ? null : new Date(firstMs),
  last_item: lastItem ?? null,
});

/** Who is at the start has no row. */
const isAtStart = ({ state }: Place): boolean => state === FIRST;

/** What a batch of clicks changes: where visitors are, what moved them, and the offers that were made. */
export type Moves = {
  readonly places: ReadonlyMap<string, Place>;
  readonly log: readonly Move[];
  readonly offers: readonly NewOffer[];
};

/** Writes moves together with the offset behind their clicks. @throws {FencedError} where the offset does not move */
export async function writeMoves(
  client: Client,
  { places, log, offers }: Moves,
  offset: Moving,
): Promise<void> {
  const moved = [...places].filter(([, place]) => !isAtStart(place)).map(placeRow);
  const back = [...places].filter(([, place]) => isAtStart(place)).map(([userId]) => userId);
  const [placed, logged, made] = [moved, log, offers].map((rows) => JSON.stringify(rows));
  const values = [...offset.values, placed, logged, made, back];
  const { rows } = await client.query<{ moved: number }>({ ...WRITE_MOVES[offset.kind], values });
  offset.check(rows[0]?.moved ?? 0);
}

/** Nothing is written where the offset does not move. */
const HAS_MOVED = 'EXISTS (SELECT FROM moved)';
const WRITE_MOVES = movingSql(
  'write_moves',
  (move) => `WITH moved AS (${move}), placed AS (
    INSERT INTO behaviour_states SELECT * FROM json_populate_recordset(NULL::behaviour_states, $9) WHERE ${HAS_MOVED}
    ON CONFLICT (user_id) DO UPDATE SET state = excluded.state, first_item = excluded.first_item,
      first_at = excluded.first_at, last_item = excluded.last_item
  ), gone AS (
    DELETE FROM behaviour_states WHERE user_id = ANY($12::uuid[]) AND ${HAS_MOVED}
  ), logged AS (
    INSERT INTO behaviour_log (at, user_id, order_id, from_state, to_state, because, simulated)
    SELECT at, user_id, order_id, from_state, to_state, because, simulated
    FROM json_populate_recordset(NULL::behaviour_log, $10) WHERE ${HAS_MOVED}
  ), made AS (
    INSERT INTO offers (id, user_id, offer, made_at)
    SELECT id, user_id, offer, made_at FROM json_populate_recordset(NULL::offers, $11) WHERE ${HAS_MOVED}
    ON CONFLICT (id) DO NOTHING
  ) SELECT count(*) AS moved FROM moved`,
);

export type NewOffer = {
  /** The order_id of the click that made it. */
  readonly id: string;
  readonly user_id: string;
  readonly offer: OfferName;
  readonly made_at: string;
};

export type Offer = NewOffer & { readonly seq: number; readonly redeemed_at: string | null };

const OFFER_COLUMNS = `seq, replace(id::text, '-', '') AS id, replace(user_id::text, '-', '') AS user_id,
  offer, made_at, redeemed_at`;

/** A visitor's offers that are not redeemed, the oldest first. */
export async function readOpenOffers(pool: Pool, userId: string): Promise<Offer[]> {
  const { rows } = await pool.query<Offer>(
    `SELECT ${OFFER_COLUMNS} FROM offers WHERE user_id = $1 AND redeemed_at IS NULL ORDER BY seq`,
    [userId],
  );
  return rows;
}

/** Offers after one, of all visitors. */
export async function readOffersAfter(pool: Pool, seq: number): Promise<Offer[]> {
  const { rows } = await pool.query<Offer>(
    `SELECT ${OFFER_COLUMNS} FROM offers WHERE seq > $1 ORDER BY seq`,
    [seq],
  );
  return rows;
}

/** The newest offers. */
export async function readOffers(pool: Pool, most: number): Promise<Offer[]> {
  const { rows } = await pool.query<Offer>(`SELECT ${OFFER_COLUMNS} FROM offers ORDER BY seq DESC LIMIT $1`, [
    most,
  ]);
  return rows;
}

/**
 * Redeems an offer; a second click finds it redeemed by the first.
 * @returns false where it is not this visitor's
 */
export async function redeemOffer(pool: Pool, id: string, userId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    'UPDATE offers SET redeemed_at = coalesce(redeemed_at, now()) WHERE id = $1 AND user_id = $2',
    [id, userId],
  );
  return rowCount === 1;
}
