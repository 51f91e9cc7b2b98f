// The sessions of a run's visitors as Postgres has them, and those of their events that are not the run's.

import { beforeEach, expect, it } from 'vitest';
import { moveOffset } from '../../../src/consumer/offsets.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';
import { newId } from '../../../src/events/ids.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { sessionsSubscription } from '../../../src/sessions/live/running-sessions.ts';
import { readSessions } from '../../../src/simulator/ledger/session-rows.ts';
import { send } from '../../sessions/live/sent.ts';
import { migratedDatabase } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { INGEST, ingested } from '../../support/ingested.ts';

const T = Date.UTC(2026, 2, 10, 12);
const FOLLOWED = sessionsSubscription(INGEST);
const MINUTE = 60_000;

let pool: Pool;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
});

type Visit = { readonly visitor: string; readonly minutes: readonly number[]; readonly robot?: boolean };

/** Stores a visitor's events, and makes its sessions of them. @returns their order_ids */
async function visit({ visitor, minutes, robot = false }: Visit): Promise<string[]> {
  const events = minutes.map((minute) =>
    anEvent({
      user_id: visitor,
      time: new Date(T + minute * MINUTE).toISOString(),
      ...(robot ? { context: { bot: true } } : {}),
    }),
  );
  await ingested(pool, events);
  await send(
    pool,
    visitor,
    events.map(({ time }) => Date.parse(time)),
    { robot },
  );
  return events.map(({ order_id }) => order_id);
}

/** Lets live sessions have read the topic before an offset. */
const follow = (next: number) =>
  transaction(pool, (client) => moveOffset(client, FOLLOWED, 0, undefined, BigInt(next)));

/** The run's first and last minute, and its visitors. */
function read(visitors: readonly string[], first: number, last: number, own: readonly string[] = []) {
  return readSessions(pool, FOLLOWED, {
    visitors,
    first: T + first * MINUTE,
    last: T + last * MINUTE,
    isOwn: (orderId) => own.includes(orderId),
  });
}
const minutesOf = (times: readonly number[]) =>
  times.map((time) => (time - T) / MINUTE).toSorted((a, b) => a - b);

it('sessions of the visitors come with their times and events, those of robots apart, and of nobody else', async () => {
  const [person, stranger] = [newId(), newId()];
  await visit({ visitor: person, minutes: [0, 10, 100] });
  await visit({ visitor: person, minutes: [5], robot: true });
  await visit({ visitor: stranger, minutes: [0] });
  await follow(5);
  const { kept, others } = await read([person], 0, 100);
  expect(
    kept
      .map(({ id, ...one }) => ({ ...one, from: (one.from - T) / MINUTE, to: (one.to - T) / MINUTE }))
      .toSorted((one, other) => one.from - other.from),
  ).toEqual([
    { visitor: person, robot: false, events: 2, from: 0, to: 10 },
    { visitor: person, robot: true, events: 1, from: 5, to: 5 },
    { visitor: person, robot: false, events: 1, from: 100, to: 100 },
  ]);
  expect(new Set(kept.map(({ id }) => id)).size).toBe(3);
  expect(others.filter(({ robot }) => robot)).toEqual([
    { visitor: person, robot: true, time: T + 5 * MINUTE },
  ]);
  expect(new Set(others.map(({ visitor }) => visitor))).toEqual(new Set([person]));
});

it('events that are the run’s own are left out', async () => {
  const visitor = newId();
  const own = await visit({ visitor, minutes: [0, 20] });
  await visit({ visitor, minutes: [10] });
  await follow(3);
  const { others } = await read([visitor], 0, 20, own);
  expect(minutesOf(others.map(({ time }) => time))).toEqual([10]);
});

it('events that live sessions have not read yet are left out, those of other partitions too', async () => {
  const visitor = newId();
  await visit({ visitor, minutes: [0, 1] });
  await visit({ visitor, minutes: [2] });
  await ingested(pool, [anEvent({ user_id: visitor, time: new Date(T).toISOString() })], 1);
  await follow(2);
  const { others } = await read([visitor], 0, 2);
  expect(minutesOf(others.map(({ time }) => time))).toEqual([0, 1]);
});

it('sessions are those that the run’s time touches within a gap, and events go as far as they do', async () => {
  const visitor = newId();
  const gap = GAP_MS / MINUTE;
  // Ends less than a gap before the run, and began long before.
  await visit({ visitor, minutes: [-70, -45, -20] });
  await visit({ visitor, minutes: [60] });
  // Exactly a gap away from it on both sides.
  const far = newId();
  await visit({ visitor: far, minutes: [-gap, 10 + gap] });
  await follow(6);
  const { kept, others } = await read([visitor, far], 0, 10);
  expect(kept.map(({ visitor: of, from }) => [of, (from - T) / MINUTE])).toEqual([[visitor, -70]]);
  expect(minutesOf(others.filter((one) => one.visitor === visitor).map(({ time }) => time))).toEqual([
    -70, -45, -20,
  ]);
});

it('no visitor has no session', async () => {
  await follow(0);
  expect(await read([], 0, 10)).toEqual({ kept: [], others: [] });
});
