// A run of a lesson on a real broker, a real Postgres and the real web application: when it is over, what it has noted, and why it ends
// before its time.

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Streams } from '../../src/http/sse.ts';
import { KafkaProbe } from '../../src/kafka/probe.ts';
import { LessonRun } from '../../src/lessons/run.ts';
import { beginRun, type NotedRun, readRun } from '../../src/lessons/run-store.ts';
import { PipelineBoard } from '../../src/pipeline/board.ts';
import type { Control } from '../../src/pipeline/control.ts';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';
import { afterFile } from '../support/after-file.ts';
import { anEvent } from '../support/events.ts';
import { eventually, testKafka } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { lessonOf, type Shop, startShop } from './shop.ts';

const VISITS = 'users: 0\nduration: 1s\ntimeline:\n  - { visits: [2, 2] }';
const ENDLESS = 'users: 0\nduration: 10m\ntimeline:\n  - { visits: [1, 1] }';

const asked: string[] = [];
/** Parts of which ingest can be killed, and web never now. */
const control: Control = async (request) => {
  if (request.do === 'kill') {
    asked.push(request.part);
    if (request.part === 'web') throw new ExpectationError('web is starting');
  }
  return { parts: [], faults: [] };
};

let shop: Shop;
beforeAll(async () => {
  shop = await startShop(control);
});

function playing(scenario: string, place = shop.place): LessonRun {
  const run = new LessonRun(lessonOf(scenario), place);
  afterFile(() => run.close());
  return run;
}
const over = (run: LessonRun) => eventually(() => run.over);
/** When what is noted of the run was last written. */
async function written(): Promise<string> {
  const { rows } = await shop.pool.query<{ seen: string }>('SELECT seen_at::text AS seen FROM lesson_run');
  return rows[0]?.seen ?? '';
}
const noted = ({
  began,
  visitor,
  group,
  ledger,
  ends,
  lagPeak,
  outboxPeak,
  ...run
}: LessonRun): NotedRun => ({
  began,
  visitor,
  group,
  ledger,
  ends,
  lagPeak,
  outboxPeak,
  turnedAwayBefore: run.turnedAwayBefore,
  turnedAway: run.turnedAway,
  visits: run.visits,
  over: run.over,
  failure: run.failure,
});

describe('a run', { timeout: 180_000 }, () => {
  it('a run is over once ingest has stored its last event, not before, and is found in Postgres as it was noted', async () => {
    const ended = await shop.publisher.publishAll([anEvent()]).then(() => shop.place.board.look());
    const run = playing(VISITS);
    await eventually(() => run.lagPeak === 3);
    expect(run.visits).toHaveLength(2);
    // Looks go on after the run's second, but nobody ingests.
    for (let looks = 0; looks < 6; looks += 1) {
      const before = await written();
      await eventually(async () => (await written()) !== before);
    }
    expect(run.over).toBe(false);
    await shop.ingest();
    await over(run);
    const { rows } = await shop.pool.query<{ id: string }>(
      `SELECT replace(order_id::text, '-', '') AS id FROM events WHERE user_id = $1 ORDER BY "time"`,
      [run.visitor],
    );
    expect(rows.map(({ id }) => id)).toEqual(run.visits.map(({ orderId }) => orderId));
    expect(run.failure).toBeUndefined();
    expect(run.ends).toEqual(ended.kafka.partitions.map(({ partition, end }) => [partition, end]));
    expect(run.ends.reduce((sum, [, end]) => sum + end, 0)).toBe(1);
    expect(run.ledger).toMatchObject({ acknowledged: 1, stored: 0 });
    expect(await eventually(() => readRun(shop.pool, 'made-up').then((one) => one?.over && one))).toEqual(
      noted(run),
    );
  });

  it('a run that is closed ends early, and its readers leave their group', async () => {
    const run = playing('users: 0\nduration: 10m\ntimeline:\n  - { readers: 2 }');
    const { topic } = shop.place.shoppers;
    const members = async () => (await shop.place.probe.look(topic, run.group)).members.length;
    await eventually(async () => (await members()) === 2);
    await run.close();
    expect(run).toMatchObject({ over: true, failure: 'it was ended before its time', replaced: false });
    expect(await readRun(shop.pool, 'made-up')).toMatchObject({ over: true, failure: run.failure });
    await eventually(async () => (await members()) === 0);
  });

  it('a run ends where another process has begun another one, whose row it leaves alone', async () => {
    const run = playing(ENDLESS);
    await eventually(() => run.visits.length === 1);
    const other: NotedRun = { ...noted(run), visitor: 'b'.repeat(32) };
    await beginRun(shop.pool, randomUUID(), 'other', other);
    await over(run);
    expect(run.replaced).toBe(true);
    expect(await readRun(shop.pool, 'other')).toEqual(other);
  });

  it('a run whose step is refused at its moment plays the rest, and has failed by that step', async () => {
    asked.length = 0;
    const run = playing(
      'users: 0\nduration: 2s\ntimeline:\n  - { kill: web }\n  - { at: 1s, kill: ingest }\n  - { visits: [2, 2] }',
    );
    await over(run);
    expect(run.failure).toContain('web is starting');
    expect(asked).toContain('ingest');
    expect(run.visits).toHaveLength(2);
  });

  it('a run ends at once where a step can’t be done at all', async () => {
    const run = playing(`${ENDLESS}\n  - { disturb: kafka, how: cut, for: 1s }`, {
      ...shop.place,
      actions: Object.assign(Object.create(shop.place.actions), {
        act: async () => Promise.reject(new Error('nobody keeps the parts')),
      }),
    });
    await over(run);
    expect(run.failure).toBe('nobody keeps the parts');
  });

  it('a run notes what its outbox had to turn away and keep, since it began', async () => {
    const { publisher } = shop;
    publisher.simulateFullOutbox(true);
    expect(() => publisher.publishAll([anEvent()])).toThrow();
    publisher.simulateFullOutbox(false);
    const before = publisher.state.turnedAway;
    expect(before).toBeGreaterThan(0);
    const run = playing(
      'users: 20\nrate: 20\nduration: 3s\ntarget: http\ntimeline:\n  - { disturb: outbox, how: full, for: 1s }',
    );
    await over(run);
    expect(run.failure).toBeUndefined();
    expect(run.turnedAwayBefore).toBe(before);
    expect(run.turnedAway).toBeGreaterThan(0);
    expect(run.turnedAway).toBe(publisher.state.turnedAway - before);
    expect(run.visitor).toBe('');
  });

  it('a run does not begin where Kafka does not answer', async () => {
    const probe = new KafkaProbe(testKafka(await freePort()));
    const board = new PipelineBoard({
      pool: shop.pool,
      probe,
      publisher: shop.publisher,
      streams: new Streams(1),
      group: shop.place.group,
      topic: shop.place.shoppers.topic,
      metricsOfOthers: async () => '',
      actions: shop.place.actions,
    });
    const run = playing(VISITS, { ...shop.place, board });
    await over(run);
    expect(run.failure).toBe('Kafka or Postgres does not answer');
    expect(run.visits).toEqual([]);
    await probe.close();
  });
});
