// A process is suspended in three situations that end differently: during a fetch, whose records it tries to store when it resumes; between
// two statements of a transaction; and after the single statement of a small batch, which the server completes.

import { beforeAll, describe, it } from 'vitest';
import { expectNothingCommitted, type Hold, LARGE, story } from './sleep.ts';

describe('an ingest process that sleeps while its partitions are given away', () => {
  const places: [string, Hold | undefined][] = [
    ['with a fetch on its way', undefined],
    ['between two statements', { table: 'day_counts', events: LARGE }],
    ['behind its one statement', { table: 'events', events: 20 }],
  ];
  const stories = new Map<Hold | undefined, ReturnType<typeof story>>();
  beforeAll(() => {
    for (const [, hold] of places) {
      const told = story(hold);
      told.catch(() => {});
      stories.set(hold, told);
    }
  });

  it.each(places)(
    'an ingest process that sleeps while its partitions are given away %s holds nobody up for long, and commits nothing when it wakes',
    { timeout: 240_000 },
    async (_where, hold) => {
      const told = stories.get(hold);
      if (told === undefined) throw new Error('the story was not begun');
      expectNothingCommitted(hold, await told);
    },
  );
});
