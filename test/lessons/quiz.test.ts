// Quiz mode: a round that can be found, and one that can't be played.

import { beforeAll, expect, it } from 'vitest';
import { clusterOf } from '../../src/connections.ts';
import { createKafka } from '../../src/kafka/client.ts';
import type { LessonPlace } from '../../src/lessons/place.ts';
import { Quiz } from '../../src/lessons/quiz.ts';
import { testLog } from '../support/database.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ settings: { RATE_LIMIT: 'off' } });
});

const actions = { hideFaults: () => {}, act: async () => {} };
const setAside = async () =>
  (await line.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM dead_letters')).rows[0]
    ?.count ?? 0;

it('sets messages aside in a round of malformed ones, which whoever sees it can name', {
  timeout: 120_000,
}, async () => {
  const shoppers = {
    kafka: createKafka(clusterOf(line.config), 'test-quiz', testLog),
    topic: line.config.KAFKA_TOPIC,
    dataDir: line.config.DATA_DIR,
    shop: line.url,
    secret: undefined,
    log: testLog,
  };
  const quiz = new Quiz({ actions, shoppers } as unknown as LessonPlace, () => 500);
  await quiz.start('malformed');
  await eventually(async () => (await setAside()) > 2, 60);
  expect(quiz.failure).toBeUndefined();
  expect(await quiz.guess('malformed', 1_000)).toMatchObject({
    since: expect.any(Number),
    what_right: true,
    when_right: false,
    points: 2,
  });

  await quiz.start('malformed');
  const before = await setAside();
  await eventually(async () => (await setAside()) > before, 60);
  expect(await quiz.guess('duplicates', 0)).toMatchObject({ broken: 'malformed', what_right: false });
});

it('is over at once, with the reason, where the shoppers can not shop', async () => {
  const done: string[] = [];
  const place = {
    actions: {
      hideFaults: (hidden: boolean) => done.push(hidden ? 'hide' : 'show'),
      act: async ({ do: name }: { do: string }) => done.push(name),
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
  expect(done).toEqual(['hide', 'heal', 'show']);
});
