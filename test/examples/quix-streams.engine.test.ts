// examples/quix-streams beside /dashboard/live of the same shop, which had the same clicks, across kill -9 of the application in the
// middle of a transaction. It is exactly once: of each minute a reader of what is committed sees every count once. `.ci/run` installs
// Quix Streams and names its Python in QUIX_PYTHON.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Consumer, Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import type { PanelsAnswer } from '../../src/dashboard/live/answer.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { newId } from '../../src/events/ids.ts';
import { startLive } from '../../src/live/part.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { afterFile } from '../support/after-file.ts';
import { testLog } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine, temporaryFolder } from '../support/line.ts';

const python = process.env.QUIX_PYTHON;
if (python === undefined)
  console.warn(
    'SKIPPED: Quix Streams was not named. QUIX_PYTHON=… of a Python with quixstreams runs its example.',
  );

const MINUTE = 60_000;
const HALF_HOUR = 30 * MINUTE;
const PANELS = 'quix-real-time';
const VISITS = 'quix-visits-per-minute';
const END = 'end';
const DESKTOP =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';
const MOBILE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36';
const ITEMS = [
  ['harbour-tote', 'accessories'],
  ['harbour-tote', 'clothes'],
  ['no-such-item', 'sneakers'],
  [undefined, 'electronics'],
] as const;

/** Each visitor clicks every 14 minutes and once moves from a desktop to a phone: a session is more than one half hour of the clock. */
const visitors = Array.from({ length: 12 }, newId);
function clicksUntil(end: number): ShopEvent[] {
  return Array.from({ length: 84 }, (_, n) => {
    const [item, product] = ITEMS[((n * n) % 7) % 4] ?? ITEMS[0];
    const isRobot = n % 12 === 11;
    return anEvent({
      user_id: visitors[n % 12] ?? '',
      product,
      time: new Date(end - (84 - n) * 70_000).toISOString(),
      context: {
        ...(item && { item }),
        ip: n % 5 === 0 ? '10.1.2.0' : '8.8.8.0',
        user_agent: isRobot ? 'Googlebot/2.1' : n % 24 < 16 ? DESKTOP : MOBILE,
        bot: isRobot,
      },
    });
  });
}
const timeOf = ({ time }: ShopEvent) => Date.parse(time);

type Told = {
  readonly at: string;
  readonly visits: readonly { readonly from: string; readonly count: number }[];
  readonly sessions: readonly { readonly from: string; readonly count: number }[];
  readonly devices: Readonly<Record<string, number>>;
  readonly pages: readonly object[];
  readonly categories: Readonly<Record<string, number>>;
  readonly latest: readonly object[];
};
type Minute = { readonly from: string; readonly count: number };

it.skipIf(python === undefined)(
  'tells what /dashboard/live tells but where their definitions differ, each click once, also after it was killed',
  async () => {
    const line = await startLine();
    const live = await startLive(line.config, testLog);
    afterFile(() => live.close());
    await makeTopic(line.kafka, VISITS);
    await makeTopic(line.kafka, PANELS);
    const producer = line.kafka.producer();
    await producer.connect();
    const send = (events: readonly ShopEvent[]) =>
      producer.send({
        topic: line.config.KAFKA_TOPIC,
        messages: events.map((event) => ({ key: event.user_id, value: JSON.stringify(event) })),
      });
    const [committed, written] = [
      await follow<Minute>(line.kafka, VISITS, false),
      await follow<Minute>(line.kafka, VISITS, true),
    ];
    const told = await follow<Told>(line.kafka, PANELS, false);
    const clicks = clicksUntil(Date.now());
    const looked = anEvent({ title: 'banner_show', context: { user_agent: DESKTOP } });
    const stateDir = temporaryFolder();

    await send(clicks.slice(0, 42));
    const killed = start(line, stateDir);
    await eventually(() => committed.rows.length > 0);
    await send([...clicks.slice(42), looked]);
    await eventually(() => written.rows.length > committed.rows.length);
    await ended(killed, 'SIGKILL');
    const app = start(line, stateDir);
    const counted = () => committed.rows.length >= clicks.length;
    await eventually(counted);
    await eventually(async () => {
      const { rows } = await line.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM events');
      return rows[0]?.count === clicks.length + 1;
    });
    const { at, ...quix } = await eventually(async () => {
      const last = told.rows.at(-1);
      return last !== undefined && clicksIn(last) === clicksIn(quixOf(await panelsAt(line, last.at))) && last;
    });
    expect(await ended(app, 'SIGTERM')).toEqual([0, null]);

    const shop = await panelsAt(line, at);
    const { devices, visits, ...same } = quixOf(shop);
    expect(quix).toMatchObject(same);
    // Who only looks at banners is a visitor there.
    expect({ ...quix.devices, desktop: (quix.devices.desktop ?? 0) + 1 }).toEqual(devices);
    const minuteLooked = new Date(Math.floor(timeOf(looked) / MINUTE) * MINUTE).toISOString();
    expect(
      quix.visits.map(({ from, count }) => ({ from, count: count + Number(from === minuteLooked) })),
    ).toEqual(visits);
    // A session is a visitor of a half hour of the clock, and there one that a pause of half an hour ends.
    const starts = halfHoursOf(clicks);
    expect(quix.sessions.map(({ count }) => count)).toEqual(
      quix.sessions.map(({ from }) => starts.filter((start) => start.startsWith(from)).length),
    );
    const sessionsThere = async () =>
      (await panelsAt(line, at)).sessions.reduce((sum, { sessions }) => sum + sessions, 0);
    await expect.poll(sessionsThere, { timeout: 30_000 }).toBe(visitors.length + 1);
    expect(starts.length).toBeGreaterThan(visitors.length * 3);
    // Nothing of robots tells Quix that they are none.
    const people = await panelsAt(line, at, 'exclude');
    expect(people.devices.find(({ device }) => device === 'other')?.people).toBe(0);
    expect(quix.devices.other).toBe(1);

    await producer.send({ topic: VISITS, messages: [{ value: JSON.stringify({ from: END, count: 0 }) }] });
    await producer.disconnect();
    await eventually(() => committed.rows.some(({ from }) => from === END));
    await Promise.all([committed, written, told].map(({ consumer }) => consumer.disconnect()));
    console.log(`${written.rows.length - committed.rows.length} results of a transaction that was cut off`);
    const minutes = new Map<string, number[]>();
    for (const { from, count } of committed.rows)
      if (from !== END) minutes.set(from, [...(minutes.get(from) ?? []), count]);
    for (const counts of minutes.values()) expect(counts).toEqual(counts.map((_, index) => index + 1));
    expect(new Map([...minutes].map(([from, counts]) => [from, counts.length]))).toEqual(minutesOf(clicks));
    expect(await policyOf(line.kafka, 'changelog__')).toContain('compact');
  },
  180_000,
);

function start({ config }: Line, stateDir: string): ChildProcess {
  const child = spawn(python ?? '', [path.join(packageRoot, 'examples', 'quix-streams', 'real_time.py')], {
    env: { ...process.env, BROKER: config.KAFKA_BROKERS?.join(), STATE_DIR: stateDir },
    stdio: 'ignore',
  });
  afterFile(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown[]> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return exit;
}

async function panelsAt({ url }: Line, at: string, robots = 'include'): Promise<PanelsAnswer> {
  return (await (await fetch(`${url}/api/live/panels?at=${at}&robots=${robots}`)).json()) as PanelsAnswer;
}

/** The shop's panels in the form of the example's. */
function quixOf({ visitors: bars, devices, pages, categories, latest }: PanelsAnswer) {
  const counted = (entries: [string, number][]) =>
    Object.fromEntries(entries.filter(([, count]) => count > 0));
  return {
    visits: bars.map(({ from, events }) => ({ from, count: events })),
    devices: counted(devices.map(({ device, people }) => [device, people])),
    pages: pages.map(({ item, product, count }) => ({ productId: item, category: product, count })),
    categories: counted(categories.map(({ product, count }) => [product, count])),
    latest: latest
      .filter(({ user_id }) => visitors.includes(user_id))
      .map(({ user_id, time, ip, country }) => ({
        userId: user_id,
        datetime: time,
        ip,
        country: country.replace(/ \(.*/, ''), // why a country is unknown, only the shop says
      })),
  };
}

const clicksIn = ({ categories }: Pick<Told, 'categories'>) =>
  Object.values(categories).reduce((sum, count) => sum + count, 0);

/** Each half hour of the clock in which a visitor clicked, once for each visitor. */
const halfHoursOf = (clicks: readonly ShopEvent[]): string[] => [
  ...new Set(
    clicks.map(
      (click) =>
        `${new Date(Math.floor(timeOf(click) / HALF_HOUR) * HALF_HOUR).toISOString()} ${click.user_id}`,
    ),
  ),
];

function minutesOf(clicks: readonly ShopEvent[]): Map<string, number> {
  const minutes = new Map<string, number>();
  for (const click of clicks) {
    const from = `${click.time.slice(0, 16)}:00.000Z`;
    minutes.set(from, (minutes.get(from) ?? 0) + 1);
  }
  return minutes;
}

async function makeTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  await admin.disconnect();
}

/** cleanup.policy of the first topic whose name begins so. */
async function policyOf(kafka: Kafka, prefix: string): Promise<string | undefined> {
  const admin = kafka.admin();
  await admin.connect();
  const name = (await admin.listTopics()).find((topic) => topic.startsWith(prefix)) ?? '';
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name }],
  });
  await admin.disconnect();
  return resources[0]?.configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue;
}

type Followed<Row> = { readonly rows: Row[]; readonly consumer: Consumer };

/** Reads the results as they come. */
async function follow<Row>(kafka: Kafka, topic: string, readUncommitted: boolean): Promise<Followed<Row>> {
  const groupId = `test-${topic}-${readUncommitted}`;
  const consumer = kafka.consumer({ groupId, readUncommitted, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const rows: Row[] = [];
  await consumer.run({
    eachMessage: async ({ message }) => void rows.push(JSON.parse(String(message.value))),
  });
  return { rows, consumer };
}
