// What the questions of lessons are answered by, beside what was published to a real broker and stored by a real ingest.

import { beforeAll, describe, expect, it } from 'vitest';
import type { ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { measures } from '../../src/lessons/measures.ts';
import type { NotedRun } from '../../src/lessons/run-store.ts';
import { Readers } from '../../src/simulator/readers.ts';
import { afterFile } from '../support/after-file.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { type Shop, startShop } from './shop.ts';

const MINUTE_MS = 60_000;

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
  await shop.ingest();
});

/** Publishes events, and waits until they are stored. */
async function publish(...events: readonly ShopEvent[]): Promise<void> {
  await shop.publisher.publishAll(events);
  await eventually(async () => (await shop.place.board.look()).ledger?.on_the_way === 0);
}

/** Sends what is no event, as another program may. */
async function garble(): Promise<void> {
  const { kafka, topic } = shop.place.shoppers;
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value: 'no event' }] }).finally(() => producer.disconnect());
}

/** A run that begins now. */
async function begun(changes: Partial<NotedRun> = {}): Promise<NotedRun> {
  const { ledger, kafka } = await shop.place.board.look();
  return {
    began: Date.now(),
    visitor: newId(),
    group: 'nobody',
    ledger,
    ends: kafka.partitions.map(({ partition, end }) => [partition, end]),
    lagPeak: 0,
    outboxPeak: 0,
    turnedAwayBefore: 0,
    turnedAway: 0,
    visits: [],
    over: true,
    failure: undefined,
    ...changes,
  };
}
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();

describe('a measure of a run', { timeout: 120_000 }, () => {
  it('a measure of a run counts robots that came since it began, and nobody else', async () => {
    const robot = (bot = true) => anEvent({ context: { bot } });
    await publish(robot(), robot());
    const run = await begun();
    expect(await measures.robots(shop.place, run)).toBe(0);
    await publish(robot(), robot(false), robot(), anEvent(), robot());
    expect(await measures.robots(shop.place, run)).toBe(3);
  });

  it('a measure of a run counts repeated events and dead letters since it began', async () => {
    const first = anEvent();
    await garble();
    await publish(first, first);
    const run = await begun();
    expect(await measures.repeated(shop.place, run)).toBe(0);
    await garble();
    await publish(first, first);
    expect(await measures.repeated(shop.place, run)).toBe(2);
    expect(await measures.set_aside(shop.place, run)).toBe(1);
    expect(await measures.missing(shop.place, run)).toBe(0);
  });

  it('a measure of a run says in how many minutes charts count late events by their own time, and in none by their arrival', async () => {
    const run = await begun();
    expect(await measures.late_by_event_time(shop.place, run)).toBe(0);
    await publish(anEvent({ time: ago(9) }), anEvent({ time: ago(9) }), anEvent({ time: ago(5) }), anEvent());
    expect(await measures.late_by_event_time(shop.place, run)).toBe(2);
    expect(await measures.late_by_arrival(shop.place, run)).toBe(0);
  });

  it('a measure of a run is the partition in which the visitor’s next event is', async () => {
    const run = await begun();
    const partition = await measures.next_partition(shop.place, run);
    expect(await measures.next_partition(shop.place, run)).toBe(partition);
    const { rows } = await eventually(async () => {
      const found = await shop.pool.query<{ partition: number }>(
        'SELECT "partition" FROM events WHERE user_id = $1',
        [run.visitor],
      );
      return found.rows.length === 2 && found;
    });
    expect(rows).toEqual([{ partition }, { partition }]);
  });

  it('a measure of a run is what was noted of it', async () => {
    const run = await begun({ lagPeak: 7, outboxPeak: 8, turnedAway: 9 });
    const { lag_peak, outbox_peak, turned_away, sessions } = measures;
    const all = [lag_peak, outbox_peak, turned_away, sessions].map((measure) => measure(shop.place, run));
    expect(await Promise.all(all)).toEqual([7, 8, 9, 0]);
  });

  it('a measure of a run is how many readers have no partition, while they read', async () => {
    const { kafka, topic } = shop.place.shoppers;
    const readers = new Readers(kafka, topic);
    afterFile(() => readers.close());
    const run = await begun({ group: readers.group });
    await expect(measures.idle_readers(shop.place, run)).rejects.toMatchObject({ status: 409 });
    const { ends } = await shop.place.probe.topicEnds(topic);
    await readers.grow(ends.size + 1);
    await eventually(async () => (await measures.idle_readers(shop.place, run).catch(() => undefined)) === 1);
  });
});
