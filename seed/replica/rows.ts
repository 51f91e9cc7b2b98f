// The rows of a replica, user by user: each user makes one or more journeys, mostly on one device.

import type { Device } from '../../src/events/event.ts';
import { ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { type Random, randomBelow, seededRandom } from '../../src/runtime/seeded-random.ts';
import { MOST_ROWS_OF_A_USER, shareOut } from '../published.ts';
import { drawSecond, END_SECOND, secondText } from './calendar.ts';
import { drawDevice, fillUrns, type Journey, leftIn, type Urns } from './journeys.ts';
import { md5OfNumber } from './md5.ts';

export type ReplicaOptions = {
  /** A whole number from 1; the published counts come out exactly at 8,471,220. */
  readonly rows: number;
  /** A whole number from 0; the same seed gives the same rows. */
  readonly seed: number;
  /** Ids are the md5 of numbers from here on; the real file's begin at 0. */
  readonly firstId?: number;
};

/** Another journey follows with this chance: about two rows a user, as in the dataset. */
const ONE_MORE_JOURNEY = 0.42;
const OTHER_DEVICE = 0.06;
const MOST_JOURNEYS = 7;
const MOST_SECONDS_TO_CLICK = 120;
const MOST_SECONDS_TO_ORDER = 1800;

/** The numbers whose md5 are the next ids. */
type Counters = { order: number; user: number; page: number };

/**
 * Generates the rows, each a line of CSV with its line feed.
 * @throws {RangeError} where `rows` is too odd for the published proportions, which no number from 1 on is
 */
export function* replicaRows({ rows, seed, firstId = 0 }: ReplicaOptions): Generator<string> {
  const random = seededRandom(seed);
  const urns = fillUrns(shareOut(rows));
  const next: Counters = { order: firstId, user: firstId, page: firstId };
  while (leftIn(urns) > 0) yield* userRows(random, urns, next);
}

function* userRows(random: Random, urns: Urns, next: Counters): Generator<string> {
  const userId = md5OfNumber(next.user++);
  const usual = drawDevice(random, urns);
  let journeys = 1;
  while (journeys < MOST_JOURNEYS && random() < ONE_MORE_JOURNEY) journeys++;
  for (; journeys > 0 && leftIn(urns) > 0; journeys--) {
    const device = urns[usual].left === 0 || random() < OTHER_DEVICE ? drawDevice(random, urns) : usual;
    yield* journeyRows(random, next, userId, device, urns[device].draw(random));
  }
}

/** Seven journeys of three rows are below the 23 rows of the dataset's busiest user. */
if (MOST_JOURNEYS * 3 > MOST_ROWS_OF_A_USER) throw new RangeError('a user could get too many rows');

function* journeyRows(
  random: Random,
  next: Counters,
  userId: string,
  device: Device,
  { product, titles }: Journey,
): Generator<string> {
  const pageId = md5OfNumber(next.page++);
  // The last row must still be in May.
  let second = Math.min(drawSecond(random), END_SECOND - 1 - MOST_SECONDS_TO_CLICK - MOST_SECONDS_TO_ORDER);
  for (const title of titles) {
    if (title === 'banner_click') second += 1 + randomBelow(random, MOST_SECONDS_TO_CLICK);
    if (title === 'order') second += 10 + randomBelow(random, MOST_SECONDS_TO_ORDER - 10);
    const order = title === 'order';
    const ids = `${md5OfNumber(next.order++)},${userId},${order ? ORDER_PAGE_ID : pageId}`;
    yield `${ids},${product},${device},${secondText(second)},${title},${order ? 1 : 0}\n`;
  }
}
