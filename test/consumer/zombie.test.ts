// A process that is stopped in the middle of a COPY, where the server waits for the rest of the rows and no timeout of its own ends
// that. zombie.whole has other places to stop in.

import { it } from 'vitest';
import { expectNothingCommitted, LARGE, story } from './sleep.ts';

it('an ingest process that sleeps in the middle of a COPY holds nobody up for long, and commits nothing when it wakes', {
  timeout: 240_000,
}, async () => {
  const hold = { table: 'events', events: LARGE };
  expectNothingCommitted(hold, await story(hold));
});
