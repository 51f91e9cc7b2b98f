import { expect, it } from 'vitest';
import { groupOf } from '../../src/aggregator/store/definitions.ts';
import { BEHAVIOUR_GROUP } from '../../src/behaviour/running-behaviour.ts';
import { mayHaveEvents } from '../../src/dashboard/followers.ts';
import { ENRICHMENT_GROUP } from '../../src/enriched-clicks/running-enrichment.ts';
import { SESSIONS_GROUP } from '../../src/sessions/live/running-sessions.ts';

it.each([SESSIONS_GROUP, BEHAVIOUR_GROUP, ENRICHMENT_GROUP, groupOf('any-definition')])(
  'a commit of %s changes no chart',
  (group) => {
    expect(mayHaveEvents({ group })).toBe(false);
  },
);

it('a commit of ingest may change charts, by whatever name it has, and so may a change that was missed', () => {
  expect(mayHaveEvents({ group: 'shopstream-ingest' })).toBe(true);
  expect(mayHaveEvents({ group: 'anything' })).toBe(true);
  expect(mayHaveEvents({})).toBe(true);
  expect(mayHaveEvents()).toBe(true);
});
