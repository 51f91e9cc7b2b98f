// The live panels beside a recount of the raw topic: what Kafka holds is read anew, record by record, and counted by plain loops.
// Whoever's events are asked for, in a zone that is half an hour off, around its year's end, where late, repeated, broken and robots' events come.

import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { START, step } from '../../../src/behaviour/machine.ts';
import { AT_ONCE } from '../../../src/consumer/pace.ts';
import type { PanelsAnswer } from '../../../src/dashboard/live/answer.ts';
import { newestFirst, type PanelEvent } from '../../../src/dashboard/live/event.ts';
import type { Bars, Panel } from '../../../src/dashboard/panels/panel.ts';
import { PANEL_NAMES, PANELS } from '../../../src/dashboard/panels/panels.ts';
import { rawRow } from '../../../src/dashboard/panels/raw.ts';
import { TITLES } from '../../../src/events/event.ts';
import { newId } from '../../../src/events/ids.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { ASKED, isWanted, USUAL, type Whose } from '../../../src/events/whose.ts';
import { startLive } from '../../../src/live/part.ts';
import { afterFile } from '../../support/after-file.ts';
import { testLog } from '../../support/database.ts';
import { anEvent } from '../../support/events.ts';
import { eventually, type Line, startLine } from '../../support/line.ts';
import { byOwner, type PlainRow, plainBehind, plainSessions, recount, recountDevices } from './plain.ts';

const MINUTE = 60_000;
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
/** What they tell of themselves; the last is a simulated one. */
const PEOPLE = [
  { gender: 'M', age: 40 },
  { gender: 'F', age: 30 },
  { gender: 'M', age: 20 },
  { gender: 'M', age: undefined },
  { gender: 'F', age: 25, simulated: true },
] as const;
/** What records say; `at` is around midnight, and `repeated` how often they come. */
const anyRecord = fc.record({
  visitor: fc.constantFrom(...visitors),
  title: fc.constantFrom(...TITLES, 'banner_click', 'banner_click'),
  product: fc.constantFrom(...PRODUCTS, 'clothes', 'clothes', 'clothes', 'sneakers'),
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
    context: {
      ...(item && { item }),
      ...(agent && { user_agent: agent }),
      ...(bot && { bot }),
      ...PEOPLE[visitors.indexOf(visitor)],
    },
  });

/** Sends events, and once they are stored those again that come twice: the first of them is what counts. */
async function send(given: readonly Given[], midnight: number): Promise<void> {
  const messages = given.map((one) => ({
    value: JSON.stringify(toEvent(one, midnight)),
    // A visitor's events are in order, as the shop sends them.
    partition: visitors.indexOf(one.visitor) % 3,
  }));
  const again = messages.filter((_, n) => (given[n]?.repeated ?? 1) > 1);
  const producer = line.kafka.producer();
  await producer.connect();
  const [topic, group] = [line.config.KAFKA_TOPIC, line.config.KAFKA_GROUP];
  const before = await storedBy(group);
  await producer.send({ topic, messages: [...messages, { value: '{"broken', partition: 0 }] });
  await eventually(async () => (await storedBy(group)) === before + messages.length + 1, 60);
  if (again.length > 0) await producer.send({ topic, messages: again });
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
    simulated: context.simulated === true,
    ip: undefined,
    userAgent: context.user_agent,
    deviceType: context.device_type,
    topic,
    partition,
    offset,
  };
}

/** What moved visitors up to an instant, by the state machine alone. */
function plainLog(events: readonly PanelEvent[], at: number): string[] {
  return byOwner(events.filter(({ robot }) => !robot)).flatMap((own) => {
    let place = START;
    return own.flatMap(({ orderId, userId, title, product, item, timeMs }) => {
      const person = PEOPLE[visitors.indexOf(userId)];
      if (title !== 'banner_click' || item === undefined || person?.age === undefined) return [];
      const moved = step(place, { product, item, timeMs, gender: person.gender, age: person.age });
      if (moved === undefined) return [];
      place = moved.place;
      return timeMs > at ? [] : [`${orderId} ${moved.from} ${moved.to} ${moved.because}`];
    });
  });
}

const iso = (msSince: number) => new Date(msSince).toISOString();
const whoseText = (whose: Whose) => `robots=${whose.robots}&simulated=${whose.simulated}`;
const getJson = async (path: string) => (await fetch(`${line.url}/api/live/panels${path}`)).json();

async function compare(all: readonly PanelEvent[], at: number, whose: Whose): Promise<PanelsAnswer> {
  const answer = (await getJson(`?at=${iso(at)}&${whoseText(whose)}`)) as PanelsAnswer;
  const events = all.filter(isWanted(whose));
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
  expect(answer.sessions.map(({ sessions, late }) => [sessions, late])).toEqual(plainSessions(events, at));
  compareRaw(answer, events, at);
  if (whose.robots !== 'only') compareLog(answer, events, at);
  else expect(answer.log).toEqual([]);
  return answer;
}

/** The last hundred that had happened; of several of one moment any. */
function compareRaw({ raw }: PanelsAnswer, events: readonly PanelEvent[], at: number): void {
  const past = new Map(events.filter(({ timeMs }) => timeMs <= at).map((event) => [event.orderId, event]));
  expect(raw).toHaveLength(Math.min(past.size, 100));
  const shown = raw.flatMap(({ order_id }) => past.get(order_id) ?? []);
  expect(shown.map(rawRow)).toEqual(raw);
  expect(shown).toEqual(shown.toSorted(newestFirst));
  const first = Math.min(...shown.map(({ timeMs }) => timeMs));
  const known = new Set(raw.map(({ order_id }) => order_id));
  for (const { orderId, timeMs } of past.values())
    if (!known.has(orderId)) expect(timeMs).toBeLessThanOrEqual(first);
}

/** The last thirty moves; the whole log where it is shorter. */
function compareLog({ log }: PanelsAnswer, events: readonly PanelEvent[], at: number): void {
  const plain = plainLog(events, at);
  const shown = log.map(
    (entry) => `${entry.order_id} ${entry.from_state} ${entry.to_state} ${entry.because}`,
  );
  expect(shown).toHaveLength(Math.min(plain.length, 30));
  expect(plain).toEqual(expect.arrayContaining(shown));
}

/** Each list behind a bar has what the bar counts, of all bars that count something and of one that does not. */
async function compareBehind(
  answer: PanelsAnswer,
  all: readonly PanelEvent[],
  at: number,
  whose: Whose,
): Promise<void> {
  const events = all.filter(isWanted(whose));
  for (const name of PANEL_NAMES) {
    const { bars }: Panel = PANELS[name];
    if (bars === undefined) continue;
    const rows: readonly PlainRow[] = answer[name];
    const [empty, ...full] = rows.toSorted((a, b) => Number(isFull(a, bars)) - Number(isFull(b, bars)));
    for (const row of [empty, ...full.filter((one) => isFull(one, bars))]) {
      if (row === undefined) continue;
      const of = encodeURIComponent(bars.of.map((field) => row[field] ?? '').join('/'));
      for (const count of Object.keys(bars.counts)) {
        const asked = Object.keys(bars.counts).length > 1 ? `&count=${count}` : '';
        const query = `of=${of}${asked}&at=${iso(at)}&${whoseText(whose)}`;
        const list = (await getJson(`/${name}/behind?${query}`)) as { rows: readonly PlainRow[] };
        expect(list.rows, `${name} ${query}`).toHaveLength(Number(row[count]));
        const { id, ids } = plainBehind(events, at, name, row, count);
        expect(list.rows.map(id).toSorted(), `${name} ${query}`).toEqual(ids.toSorted());
      }
    }
  }
}

const isFull = (row: PlainRow, { counts }: Bars): boolean =>
  Object.keys(counts).some((count) => row[count] !== 0);

let year = 2010;
it('every panel is a recount of the raw topic, and what is behind each bar is what it counts, at any instant around the end of a year', async () => {
  const look = fc.tuple(
    fc.constantFrom(-75, -60, -45, -30, -15, -1, 0, 1, 10, 14, 15, 25, 30, 45, 60, 75),
    fc.constantFrom(-1, 0, 1, 20_000),
    fc.record({ robots: fc.constantFrom(...ASKED), simulated: fc.constantFrom(...ASKED) }),
  );
  const looks = fc.array(look, { minLength: 4, maxLength: 4 });
  const streams = fc.array(anyRecord, { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(streams, looks, async (given, at) => {
      // A year of its own: nothing of another run is in its windows.
      year += 1;
      const midnight = newYear(year);
      await send(given, midnight);
      const all = await readTopic();
      const once = [
        ...new Map(all.toSorted((a, b) => newestFirst(a, b)).map((one) => [one.orderId, one])).values(),
      ];
      for (const group of ['shopstream-sessions', 'shopstream-behaviour'])
        await eventually(async () => (await storedBy(group)) === all.length + year - 2010, 60);
      for (const [n, [minutes, more, whose]] of at.entries()) {
        const instant = midnight + minutes * MINUTE + more;
        const own = n === 0 ? USUAL : whose;
        const answer = await compare(once, instant, own);
        if (n < 2) await compareBehind(answer, once, instant, own);
      }
    }),
    { numRuns: 6 },
  );
}, 180_000);

/** Records that ingest, or a follower of it, is past. */
async function storedBy(group: string): Promise<number> {
  const { rows } = await line.pool.query<{ sum: number }>(
    'SELECT coalesce(sum(next_offset), 0)::int AS sum FROM consumer_offsets WHERE consumer_group = $1',
    [group],
  );
  return rows[0]?.sum ?? 0;
}
