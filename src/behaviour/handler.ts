// The state machine of offers as a handler of the consumer: places, log, offers and the offset are one transaction. Clicks are
// taken in the order in which they arrived.

import type { RecordHandler } from '../consumer/handler.ts';
import { Moving, passOver, type Subscription } from '../consumer/offsets.ts';
import type { RecordBatch } from '../consumer/record.ts';
import { type Client, type Pool, transaction } from '../db/pool.ts';
import { ageOf, genderOf } from '../enrichment/person.ts';
import type { EventContext } from '../events/event.ts';
import type { Ingest } from '../tracing/stored-offsets.ts';
import { hasTitle, readStored, storedSql } from '../tracing/stored-records.ts';
import type { Move } from './log.ts';
import { type Click, START, step } from './machine.ts';
import { BEHAVIOUR_LOCK, type Moves, type NewOffer, readPlaces, writeMoves } from './store.ts';

/** @param onOffers called after a commit that made offers */
export function behaviourHandler(
  pool: Pool,
  subscription: Subscription,
  ingest: Ingest,
  signal: AbortSignal,
  onOffers: () => void,
): RecordHandler<number> {
  return {
    store: async (batch, move) => {
      const { partition } = batch;
      const clicks = hasTitle(batch, 'banner_click') ? await clicksOf(batch, move.next) : [];
      if (clicks.length === 0) {
        await passOver(pool, subscription, partition, move);
        return 0;
      }
      const moveAll = async (client: Client) => {
        const moves = await movesOf(client, clicks);
        // Pages are notified only where somebody has moved.
        const offset = new Moving(subscription, partition, move, moves.log.length > 0);
        await writeMoves(client, moves, offset);
        return moves.offers.length;
      };
      return transaction(pool, moveAll, { lock: BEHAVIOUR_LOCK });
    },
    stored: (offers) => {
      if (offers > 0) onOffers();
    },
  };

  async function clicksOf(batch: RecordBatch, next: bigint): Promise<StoredClick[]> {
    await ingest.reached(batch, next, signal);
    const stored = await readStored<Stored>(pool, subscription.topic, batch, STORED);
    return stored.flatMap((row) => {
      const click = clickOf(row);
      return click === undefined ? [] : [{ row, click }];
    });
  }
}

type Stored = {
  readonly order_id: string;
  readonly user_id: string;
  readonly title: string;
  readonly product: string;
  readonly time_ms: number;
  readonly context: EventContext | null;
  readonly robot: boolean;
};

const STORED = storedSql(
  'behaviour_stored',
  `replace(order_id::text, '-', '') AS order_id, replace(user_id::text, '-', '') AS user_id,
  title, product, (extract(epoch FROM "time") * 1000)::bigint AS time_ms, context, is_robot(context) AS robot`,
);

type StoredClick = { readonly row: Stored; readonly click: Click };

/** What these clicks change. */
async function movesOf(client: Client, clicks: readonly StoredClick[]): Promise<Moves> {
  const users = [...new Set(clicks.map(({ row }) => row.user_id))];
  const places = await readPlaces(client, users);
  const changed = new Map<string, typeof START>();
  const log: Move[] = [];
  const offers: NewOffer[] = [];
  for (const { row, click } of clicks) {
    const { user_id, order_id } = row;
    const moved = step(places.get(user_id) ?? START, click);
    if (moved === undefined) continue;
    const at = new Date(row.time_ms).toISOString();
    places.set(user_id, moved.place);
    changed.set(user_id, moved.place);
    const { from: from_state, to: to_state, because } = moved;
    const simulated = row.context?.simulated === true;
    log.push({ at, user_id, order_id, from_state, to_state, because, simulated });
    if (moved.offer !== undefined) offers.push({ id: order_id, user_id, offer: moved.offer, made_at: at });
  }
  return { places: changed, log, offers };
}

/** The click that the machine sees; undefined where it sees none: no click, no item, a robot, a person who told nothing. */
function clickOf({ title, product, time_ms, context, robot }: Stored): Click | undefined {
  if (title !== 'banner_click' || robot || context === null || context.item === undefined) return undefined;
  const [gender, age] = [genderOf(context), ageOf(context, time_ms)];
  if (gender === undefined || age === undefined) return undefined;
  return { product, item: context.item, timeMs: time_ms, gender, age };
}
