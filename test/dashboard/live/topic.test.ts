// The live panels beside a recount of the raw topic: what Kafka holds is read anew, record by record, and counted by plain loops.
// In a zone that is half an hour off, around its year's end, where late, repeated, broken and robots' events come.

import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { AT_ONCE } from '../../../src/consumer/pace.ts';
import type { PanelsAnswer } from '../../../src/dashboard/live/answer.ts';
import { newestFirst, type PanelEvent } from '../../../src/dashboard/live/event.ts';
import { TITLES } from '../../../src/events/event.ts';
import { newId } from '../../../src/events/ids.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { startLive } from '../../../src/live/part.ts';
import { afterFile } from '../../support/after-file.ts';
import { testLog } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { eventually, type Line, startLine } from '../../support/line.ts';
import { recount, recountDevices } from './plain.ts';

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
const AGENTS = [
  undefined,
  'curl/8.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36',
];

let line: Line;
/** What the topic holds, read as it grows: joining a group takes seconds, and each run would wait for them. */
const read = { records: [] as PanelEvent[], next: new Map<number, number>() };
beforeAll(async () => {
  line = await startLine({ timeZone: 'Asia/Kolkata' });
  const live = await startLive(line.config, testLog, AT_ONCE);
  afterFile(() => live.close());
  const consumer = line.kafka.consumer({ groupId: `recount-${newId()}` });
  await consumer.connect();
  afterFile(() => consumer.disconnect());
  await consumer.subscribe({ topic: line.config.KAFKA_TOPIC, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ topic, partition, message }) => {
      const text = message.value?.toString() ?? '';
      if (!text.startsWith('{"broken'))
        read.records.push(panelEvent(JSON.parse(text), topic, partition, message));
      read.next.set(partition, Number(message.offset) + 1);
    },
  });
}, 240_000);

/** Midnight of a year's first day in Kolkata. */
const newYear = (year: number) => Date.UTC(year, 0, 1) - 5.5 * 3_600_000;

const visitors = Array.from({ length: 5 }, newId);
/** What records say; `at` is around midnight, and `repeated` how often they come. */
const anyRecord = fc.record({
  visitor: fc.constantFrom(...visitors),
  title: fc.constantFrom(...TITLES),
  product: fc.constantFrom(...PRODUCTS),
  item: fc.constantFrom('one', 'two', undefined),
  agent: fc.constantFrom(...AGENTS),
  bot: fc.constantFrom(false, false, false, true),
  at: fc
    .tuple(
      fc.constantFrom(-75, -60, -30, -15, -10, -1, 0, 1, 10, 15, 29, 30, 59, 60),
      fc.constantFrom(-1, 0, 0, 1, 20_000),
    )
    .map(([minutes, more]) => minutes * MINUTE + more),
  repeated: fc.constantFrom(1, 1, 1, 2),
});
type Given = typeof anyRecord extends fc.Arbitrary<infer T> ? T : never;

const toEvent = ({ visitor, title, product, item, agent, bot, at }: Given, midnight: number) =>
  anEvent({
    user_id: visitor,
    title,
    product,
    time: new Date(midnight + at).toISOString(),
    context: { ...(item && { item }), ...(agent && { user_agent: agent }), ...(bot && { bot }) },
  });

async function send(given: readonly Given[], midnight: number): Promise<void> {
  const producer = line.kafka.producer();
  await producer.connect();
  const messages = given.flatMap((one, n) => {
    const value = JSON.stringify(toEvent(one, midnight));
    return Array.from({ length: one.repeated }, () => ({ value, partition: n % 3 }));
  });
  await producer.send({
    topic: line.config.KAFKA_TOPIC,
    messages: [...messages, { value: '{"broken', partition: 0 }],
  });
  await producer.disconnect();
}

/** Every record of the topic that is an event, up to its end. */
async function readTopic(): Promise<readonly PanelEvent[]> {
  const admin = line.kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(line.config.KAFKA_TOPIC);
  await admin.disconnect();
  await eventually(() =>
    ends.every(({ partition, offset }) => (read.next.get(partition) ?? 0) >= Number(offset)),
  );
  return read.records;
}

function panelEvent(
  // biome-ignore lint/suspicious/noExplicitAny: what Kafka holds, before anybody has looked at it
  event: any,
  topic: string,
  partition: number,
  { offset, timestamp }: { readonly offset: string; readonly timestamp: string },
): PanelEvent {
  const { context = {} } = event;
  return {
    orderId: event.order_id,
    userId: event.user_id,
    title: event.title,
    product: event.product,
    siteVersion: event.site_version,
    item: context.item,
    timeMs: Date.parse(event.time),
    arrivedMs: Number(timestamp),
    robot: context.bot === true,
    simulated: false,
    ip: undefined,
    userAgent: context.user_agent,
    deviceType: context.device_type,
    topic,
    partition,
    offset,
  };
}

/** Sessions by half hour, as bars have them at an instant. */
function plainSessions(events: readonly PanelEvent[], at: number): number[] {
  const starts: number[] = [];
  for (const user of new Set(events.map(({ userId }) => userId))) {
    const times = events.filter(({ userId }) => userId === user).map(({ timeMs }) => timeMs);
    times.sort((a, b) => a - b);
    for (const [n, time] of times.entries())
      if (n === 0 || time - (times[n - 1] ?? 0) >= HALF_HOUR) starts.push(time);
  }
  const last = Math.floor(at / HALF_HOUR) * HALF_HOUR;
  return Array.from({ length: 16 }, (_, bar) => {
    const from = last - (15 - bar) * HALF_HOUR;
    return starts.filter((start) => start >= from && start < from + HALF_HOUR && start <= at).length;
  });
}

const iso = (msSince: number) => new Date(msSince).toISOString();

async function compare(events: readonly PanelEvent[], at: number): Promise<void> {
  const answer = (await (await fetch(`${line.url}/api/live/panels?at=${iso(at)}`)).json()) as PanelsAnswer;
  const plain = recount(events, at);
  expect(answer.visitors.map(({ from, people, events: count, late }) => [from, people, count, late])).toEqual(
    plain.visitors.map(({ fromMs, people, events: count, late }) => [iso(fromMs), people, count, late]),
  );
  expect(answer.pages).toEqual(plain.pages);
  expect(answer.categories).toEqual(plain.categories);
  expect(Object.fromEntries(answer.devices.map(({ device, people }) => [device, people]))).toEqual(
    recountDevices(plain.present),
  );
  expect(answer.latest.map(({ user_id, time }) => [user_id, time])).toEqual(
    plain.present.slice(0, 10).map(({ userId, timeMs }) => [userId, iso(timeMs)]),
  );
  expect(answer.sessions.map(({ sessions }) => sessions)).toEqual(plainSessions(events, at));
}

let year = 2010;
it('every panel is a recount of the raw topic, at any instant around the end of a year', async () => {
  const instants = fc.array(fc.tuple(fc.integer({ min: -80, max: 80 }), fc.constantFrom(-1, 0, 1, 20_000)), {
    minLength: 4,
    maxLength: 4,
  });
  const streams = fc.array(anyRecord, { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(streams, instants, async (given, looks) => {
      // A year of its own: nothing of another run is in its windows.
      year += 1;
      const midnight = newYear(year);
      await send(given, midnight);
      const all = await readTopic();
      const once = [
        ...new Map(all.toSorted((a, b) => newestFirst(a, b)).map((one) => [one.orderId, one])).values(),
      ];
      const people = once.filter(({ robot }) => !robot);
      await eventually(async () => (await storedBySessions()) === all.length + year - 2010, 60);
      for (const [minutes, more] of looks) await compare(people, midnight + minutes * MINUTE + more);
    }),
    { numRuns: 6 },
  );
}, 180_000);

/** Records that live sessions are past: they are behind ingest. */
async function storedBySessions(): Promise<number> {
  const { rows } = await line.pool.query<{ sum: number }>(
    "SELECT coalesce(sum(next_offset), 0)::int AS sum FROM consumer_offsets WHERE consumer_group = 'shopstream-sessions'",
  );
  return rows[0]?.sum ?? 0;
}
