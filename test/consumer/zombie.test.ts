// A process is suspended in the middle of a COPY: the server waits for the rest of the rows, without a timeout. zombie.whole.test.ts has
// other situations.

import { it } from 'vitest';
import { expectNothingCommitted, LARGE, story } from './sleep.ts';

it('an ingest process that sleeps in the middle of a COPY holds nobody up for long, and commits nothing when it wakes', {
  timeout: 240_000,
}, async () => {
  const hold = { table: 'events', events: LARGE };
  expectNothingCommitted(hold, await story(hold));
});
