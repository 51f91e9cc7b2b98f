// A seeded history around the zone's midnights and clock changes, stored in a shop of its own, for the tests of charts: each of them is
// compared with a recount of these events.

import request from 'supertest';
import { DEVICES, type ShopEvent, TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { storeBatch } from '../../../src/ingest/store.ts';
import { anEvent } from '../../support/events.ts';
import { startLine } from '../../support/line.ts';

export const ZONE = 'Europe/Berlin';

/** Moments around midnight in Berlin, on a day of 23 hours, one of 25, and a plain one. */
const MOMENTS = [
  '2019-01-31T22:59:59.999Z',
  '2019-01-31T23:00:00.000Z',
  '2019-03-30T23:00:00.000Z',
  '2019-03-31T00:59:00.000Z',
  '2019-03-31T01:00:00.000Z',
  '2019-03-31T21:59:59.999Z',
  '2019-03-31T22:00:00.000Z',
  '2019-10-26T22:00:00.000Z',
  '2019-10-27T00:30:00.000Z',
  '2019-10-27T01:30:00.000Z',
  '2019-10-27T22:59:59.999Z',
  '2019-12-31T22:59:59.999Z',
  '2019-12-31T23:00:00.000Z',
];

/** A pseudo-random history that is the same in every run. */
function history(): ShopEvent[] {
  let state = 7;
  const draw = <T>(list: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return list[Math.floor((state / 2 ** 31) * list.length)] as T;
  };
  const users = Array.from({ length: 40 }, () => anEvent().user_id);
  return Array.from({ length: 1_500 }, () =>
    anEvent({
      title: draw(TITLES),
      product: draw(PRODUCTS),
      site_version: draw(DEVICES),
      user_id: draw(users),
      time: draw(MOMENTS),
    }),
  );
}

/** A shop that has stored the history, which is gone after the test file. */
export async function shopWithHistory() {
  const line = await startLine({ timeZone: ZONE, ingest: false });
  const events = history();
  const subscription = { clusterId: 'test', group: 'test', topic: 'ecommerce' };
  for (const partition of [0, 1, 2]) {
    const records = events
      .filter((_, index) => index % 3 === partition)
      .map((event, index) => ({
        offset: BigInt(index),
        timestamp: 0,
        key: null,
        value: Buffer.from(JSON.stringify(event)),
      }));
    await storeBatch(line.pool, subscription, { partition, records }, undefined, BigInt(records.length));
  }
  return {
    line,
    events,
    get: (path: string) => request(line.url).get(`/api/charts/${path}`),
    /** How many events there are by what `key` makes of each. */
    count(key: (event: ShopEvent) => string | undefined): Record<string, number> {
      const counts: Record<string, number> = {};
      for (const event of events) {
        const name = key(event);
        if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
      }
      return counts;
    },
  };
}

/** The day of an instant in the zone. */
export const dayOf = (time: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' }).format(new Date(time));

/** Chart rows as the same kind of record, without zeros. */
export function counted<R extends { count: number }>(
  rows: readonly R[],
  key: (row: R) => string,
): Record<string, number> {
  return Object.fromEntries(rows.filter((row) => row.count > 0).map((row) => [key(row), row.count]));
}
