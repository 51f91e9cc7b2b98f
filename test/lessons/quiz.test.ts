// Quiz mode: what a round is that can't be played.

import { expect, it } from 'vitest';
import type { LessonPlace } from '../../src/lessons/place.ts';
import { Quiz } from '../../src/lessons/quiz.ts';
import { testLog } from '../support/database.ts';
import { eventually } from '../support/line.ts';

it('is over at once, with the reason, where the shoppers can not shop', async () => {
  const actions: string[] = [];
  const place = {
    actions: {
      hideFaults: (hidden: boolean) => actions.push(hidden ? 'hide' : 'show'),
      act: async ({ do: name }: { do: string }) => actions.push(name),
    },
    shoppers: {
      shop: 'nowhere',
      secret: undefined,
      dataDir: '/nonexistent',
      log: testLog,
      topic: 'ecommerce',
    },
  } as unknown as LessonPlace;
  const quiz = new Quiz(place);
  await quiz.start('duplicates');
  await eventually(() => quiz.failure !== undefined);
  expect(quiz.failure).toContain('Invalid URL');
  expect(await quiz.guess('duplicates', 0)).toMatchObject({ since: null, points: 0 });
  expect(quiz.state).toBe('idle');
  expect(actions).toEqual(['hide', 'heal', 'show']);
});
