import { expect, it } from 'vitest';
import { newestFirst } from '../../../src/dashboard/live/event.ts';
import { aPanelEvent } from './an-event.ts';

it('events are ordered by their arrival, and those of one moment by their place in the topic, by number', () => {
  const at = { arrivedMs: 5 };
  const sorted = [
    aPanelEvent({ arrivedMs: 6, partition: 0, offset: '1' }),
    aPanelEvent({ ...at, partition: 2, offset: '3' }),
    aPanelEvent({ ...at, partition: 1, offset: '10' }),
    aPanelEvent({ ...at, partition: 1, offset: '9' }),
    aPanelEvent({ arrivedMs: 4, partition: 9, offset: '99' }),
  ];
  for (const shuffled of [sorted.toReversed(), [...sorted.slice(2), ...sorted.slice(0, 2)]])
    expect(shuffled.sort(newestFirst)).toEqual(sorted);
});
