// The events of one visitor, of the live stream or of loaded files, each with its gap and verdict.

import { beforeEach, expect, it } from 'vitest';
import type { Pool } from '../../src/db/pool.ts';
import { newId } from '../../src/events/ids.ts';
import { Dataset } from '../../src/sessions/dataset/dataset.ts';
import { explainVisitor } from '../../src/sessions/visitor.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { ingested } from '../support/ingested.ts';
import { NOON, put } from './dataset/loaded.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let pool: Pool;
let dataset: Dataset;
beforeEach(async () => {
  ({ pool } = await migratedDatabase());
  dataset = new Dataset(pool, testLog);
});

it('the events of a visitor come with the oldest first, each with the gap before it, and nobody else’s', async () => {
  const now = Date.now();
  const visitor = newId();
  const events = [60, 30, 1].map((ago) =>
    anEvent({ user_id: visitor, time: new Date(now - ago * MINUTE).toISOString() }),
  );
  await ingested(pool, [...events.toReversed(), anEvent()]);
  const verdicts = [
    'first event: session 1',
    '30:00.000 ≥ 30:00.000: new session 2',
    '29:00.000 < 30:00.000: still session 2',
  ];
  expect(await explainVisitor(dataset, 'live', visitor)).toEqual(
    events.map(({ time, order_id }, index) => ({
      time,
      order_id,
      session: [1, 2, 2][index],
      gap_ms: [null, 30 * MINUTE, 29 * MINUTE][index],
      verdict: verdicts[index],
    })),
  );
  expect(await explainVisitor(dataset, 'live', newId())).toEqual([]);
});

it('the events of the live stream are those of eight days, without loaded ones, and those of the dataset are loaded', async () => {
  const visitor = '80000000-0000-4000-8000-000000000001';
  const user_id = visitor.replaceAll('-', '');
  await put(pool, [{ visitor, ms: NOON, live: false }]);
  const at = (ago: number) => new Date(Date.now() - ago).toISOString();
  const [old, recent] = [at(8 * DAY + MINUTE), at(8 * DAY - MINUTE)];
  await ingested(pool, [anEvent({ user_id, time: old }), anEvent({ user_id, time: recent })]);
  const times = async (source: 'live' | 'dataset') =>
    (await explainVisitor(dataset, source, user_id)).map(({ time }) => time);
  expect(await times('live')).toEqual([recent]);
  expect(await times('dataset')).toEqual([new Date(NOON).toISOString()]);
});

it('of a visitor with more than a thousand events the newest are listed, and sessions count from the first of them', async () => {
  const visitor = '80000000-0000-4000-8000-000000000001';
  const times = Array.from({ length: 1_001 }, (_, n) => NOON + (n === 0 ? 0 : n + 60) * MINUTE);
  await put(
    pool,
    times.map((ms) => ({ visitor, ms, live: false })),
  );
  const events = await explainVisitor(dataset, 'dataset', visitor.replaceAll('-', ''));
  expect(events).toHaveLength(1_000);
  expect(events[0]).toMatchObject({ time: new Date(times[1] ?? 0).toISOString(), session: 1, gap_ms: null });
  expect(events.at(-1)).toMatchObject({ time: new Date(times.at(-1) ?? 0).toISOString(), session: 1 });
});
