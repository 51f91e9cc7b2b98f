// Sessions of loaded files: found by Postgres and by a plain second implementation, and kept up with what is loaded.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadFile } from '../../../seed/load.ts';
import { HEADER } from '../../../seed/published.ts';
import { loadSample } from '../../../seed/sample.ts';
import { countDatasetSessions, isCounted } from '../../../src/sessions/dataset/count.ts';
import { verifyDataset } from '../../../src/sessions/dataset/verify.ts';
import { GAP_MS } from '../../../src/sessions/live/core/step.ts';
import { fileOf, replicaFile, rowsOf } from '../../seed/support.ts';
import { runHere } from '../../support/command.ts';
import { migratedDatabase, testLog } from '../../support/database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { plainSessions } from '../batch/plain.ts';
import { type Figures, type LoadedEvent, NOON, put, stored } from './loaded.ts';

/** By the second implementation of the rule, which shares nothing with the SQL. */
function plainly(events: readonly LoadedEvent[]): Map<number, Figures> {
  const clicks = events
    .filter(({ live }) => !live)
    .map(({ visitor, ms }) => ({
      anonymous_id: visitor,
      device_sent_timestamp: ms,
      browser_family: '',
      os_family: '',
      device_family: '',
    }));
  const figures = new Map<number, Figures>();
  for (const session of plainSessions([{ name: 'all', clicks }], GAP_MS)) {
    const times = session.clicks.map((click) => click.device_sent_timestamp);
    const [first = 0, last = 0] = [times[0], times.at(-1)];
    const halfHour = first - (first % 1_800_000);
    const known = figures.get(halfHour) ?? { sessions: 0, single: 0, events: 0, duration_ms: 0 };
    figures.set(halfHour, {
      sessions: known.sessions + 1,
      single: known.single + (times.length === 1 ? 1 : 0),
      events: known.events + times.length,
      duration_ms: known.duration_ms + last - first,
    });
  }
  return figures;
}

const anyEvent: fc.Arbitrary<LoadedEvent> = fc.record({
  // One in each part that is counted by itself, and two whose ids are nearly the same.
  visitor: fc
    .constantFrom('00', '3f', '40', '7f', '80', 'ff')
    .map((start) => `${start}000000-0000-4000-8000-000000000001`),
  ms: fc
    .tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-1_000, 0, 0, 1_000, 700_000))
    .map(([gaps, more]) => NOON + gaps * GAP_MS + more),
  live: fc.boolean(),
});

it('sessions of loaded files are those of a plain second implementation, with ties, exact gaps, midnight and live events between', async () => {
  const { pool } = await migratedDatabase();
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { maxLength: 60 }), async (events) => {
      await put(pool, events);
      await countDatasetSessions(pool);
      expect(await stored(pool)).toEqual(plainly(events));
    }),
    { numRuns: 60 },
  );
});

it('a visit after exactly the gap is two sessions, and one of a second less is one', async () => {
  const { pool } = await migratedDatabase();
  const visitor = '80000000-0000-4000-8000-000000000001';
  const times = [NOON, NOON + GAP_MS, NOON + 2 * GAP_MS - 1_000];
  await put(
    pool,
    times.map((ms) => ({ visitor, ms, live: false })),
  );
  await countDatasetSessions(pool);
  expect(await stored(pool)).toEqual(
    new Map([
      [NOON, { sessions: 1, single: 1, events: 1, duration_ms: 0 }],
      [NOON + GAP_MS, { sessions: 1, single: 0, events: 2, duration_ms: GAP_MS - 1_000 }],
    ]),
  );
});

it('sessions of loaded files go with the sample, and come with a file and with what is added to it', async () => {
  const { pool, url } = await migratedDatabase();
  await loadSample(pool, testLog);
  expect(await isCounted(pool)).toBe(true);
  const file = await replicaFile(25_000);
  const settings = { DATABASE_URL: url, DATA_DIR: temporaryFolder(), LOG_LEVEL: 'warn' };
  expect(await runHere(['seed', file], settings)).toMatchObject({ code: 0 });
  expect(await verifyDataset(pool)).toMatchObject({ events: 25_000, differences: [] });
  await loadFile({
    pool,
    log: testLog,
    file: await fileOf(`${[HEADER, ...rowsOf(500, 5_000_000)].join('\n')}\n`),
  });
  expect(await isCounted(pool)).toBe(false);
  expect(await verifyDataset(pool)).toMatchObject({ events: 25_500, differences: [] });
}, 240_000);

it('a counting that is cut off leaves what was there, and the next one does it', async () => {
  const { pool } = await migratedDatabase();
  const visitor = '00000000-0000-4000-8000-000000000001';
  await put(pool, [{ visitor, ms: NOON, live: false }]);
  await countDatasetSessions(pool);
  const before = await stored(pool);
  await put(pool, [{ visitor, ms: NOON + GAP_MS, live: false }]);
  const cutOff = countDatasetSessions(pool, (done) => {
    if (done >= 0.5) throw new Error('the process is gone');
  });
  await expect(cutOff).rejects.toThrow('the process is gone');
  expect(await stored(pool)).toEqual(before);
  expect(await isCounted(pool)).toBe(false);
  await Promise.all([countDatasetSessions(pool), countDatasetSessions(pool)]);
  expect([...(await stored(pool)).keys()]).toEqual([NOON + GAP_MS]);
});
