// Quiz mode: a round that can be found, and one that can't be played.

import { beforeAll, expect, it, vi } from 'vitest';
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

it('the quiz sets messages aside in a round of malformed ones, which whoever sees it can name', {
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

it('the quiz is over at once, with the reason, where the shoppers can not shop', async () => {
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

const placeOf = (acted: (at: number) => void) => ({
  actions: {
    hideFaults: () => {},
    act: async ({ do: name }: { do: string }) => {
      if (name === 'kill') acted(Date.now());
    },
  },
  shoppers: {
    kafka: createKafka(clusterOf(line.config), 'test-quiz', testLog),
    topic: line.config.KAFKA_TOPIC,
    dataDir: line.config.DATA_DIR,
    shop: line.url,
    secret: undefined,
    log: testLog,
  },
});

it.each([
  ['what and when', 'kill-ingest', 0, { what_right: true, when_right: true, points: 3 }],
  [
    'what, and that it began seconds too early',
    'kill-ingest',
    7,
    { what_right: true, when_right: false, points: 2 },
  ],
  [
    'what, and that it began seconds too late',
    'kill-ingest',
    -7,
    { what_right: true, when_right: false, points: 2 },
  ],
  ['something else, and when', 'pause-broker', 0, { what_right: false, when_right: true, points: 1 }],
  ['something else, and another time', 'malformed', 60, { what_right: false, when_right: false, points: 0 }],
] as const)(
  'the quiz gives points to who says %s, and reveals what it was',
  {
    timeout: 120_000,
  },
  async (_, what, tooEarly, reveal) => {
    let broke: number | undefined;
    const place = placeOf((at) => {
      broke = at;
    });
    const quiz = new Quiz(place as unknown as LessonPlace, () => 100);
    await quiz.start('kill-ingest');
    const since = await eventually(() => broke, 60);
    // That it began too late can only be said once that many seconds have passed.
    const now = Math.max(Date.now(), since - tooEarly * 1_000);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
    const telling = quiz.guess(what, (now - since) / 1_000 + tooEarly);
    clock.mockRestore();
    const told = await telling;
    expect(told).toMatchObject({ broken: 'kill-ingest', ...reveal });
    expect(Math.abs((told.since ?? 0) - since)).toBeLessThan(1_000);
    expect(quiz.state).toBe('idle');
    await expect(quiz.guess(what, 0)).rejects.toMatchObject({ status: 409 });
  },
);

it('the quiz gives no point to who guesses before anything is broken, and breaks nothing afterwards', {
  timeout: 120_000,
}, async () => {
  let broke = false;
  const place = placeOf(() => {
    broke = true;
  });
  const quiz = new Quiz(place as unknown as LessonPlace, () => 300);
  await quiz.start('kill-ingest');
  const told = await quiz.guess('kill-ingest', 0);
  expect(told).toEqual({
    broken: 'kill-ingest',
    since: null,
    what_right: false,
    when_right: false,
    points: 0,
  });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(broke).toBe(false);
});
