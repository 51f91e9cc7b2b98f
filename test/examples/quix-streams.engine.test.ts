// examples/quix-streams on the embedded broker, its numbers against a plain recount, across kill -9 of the application in the middle of a
// transaction. It is exactly once: of each window a reader of what is committed sees every count once. `.ci/run` installs Quix Streams
// and names its Python in QUIX_PYTHON.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Consumer } from 'kafkajs';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { eventually, startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';

const python = process.env.QUIX_PYTHON;
if (python === undefined)
  console.warn(
    'SKIPPED: Quix Streams was not named. QUIX_PYTHON=… of a Python with quixstreams runs its example.',
  );

type Click = {
  readonly original_timestamp: string;
  readonly userId: string;
  readonly category: string;
  readonly productId: string;
  readonly deviceType: string;
};
type Result = {
  readonly panel: string;
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
};

const BEGIN = Date.UTC(2026, 2, 10, 12);
const CLICKS: readonly Click[] = Array.from({ length: 60 }, (_, n) => ({
  original_timestamp: new Date(BEGIN + n * 90_000).toISOString(),
  userId: `visitor-${n % 7}`,
  category: ['clothes', 'sneakers', 'electronics'][n % 3] ?? '',
  productId: `item-${n % 4}`,
  deviceType: n < 30 ? 'desktop' : 'mobile',
}));
const timeOf = (click: Click | undefined) => Date.parse(click?.original_timestamp ?? '');

const RESULTS = 'quix-real-time';
const HALF = CLICKS.length / 2;
const END = 'end';

it.skipIf(python === undefined)(
  'counts each click once, as a plain recount does, also after it was killed, with its state in compacted changelogs',
  async () => {
    const { port } = await startTestBroker();
    const kafka = testKafka(port);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic: 'enriched-click-data', numPartitions: 2 }, { topic: RESULTS }],
    });
    const producer = kafka.producer();
    await producer.connect();
    const send = (clicks: readonly Click[]) =>
      producer.send({
        topic: 'enriched-click-data',
        messages: clicks.map((click) => ({ key: click.userId, value: JSON.stringify(click) })),
      });
    const stateDir = temporaryFolder();
    const start = (timeout: number) =>
      spawn(python ?? '', [path.join(packageRoot, 'examples', 'quix-streams', 'real_time.py')], {
        env: {
          ...process.env,
          BROKER: `127.0.0.1:${port}`,
          TIMEOUT: String(timeout),
          STATE_DIR: stateDir,
        },
        stdio: 'ignore',
      });

    const [committed, written] = [await follow(port, false), await follow(port, true)];
    await send(CLICKS.slice(0, HALF));
    const killed = start(0);
    await eventually(() => committed.results.length > 0, 60);
    await send(CLICKS.slice(HALF));
    await eventually(() => written.results.some(({ from }) => from >= timeOf(CLICKS[HALF + 1])), 60);
    const ended = once(killed, 'exit');
    killed.kill('SIGKILL');
    await ended;
    expect(await once(start(8), 'exit')).toEqual([0, null]);

    await producer.send({ topic: RESULTS, messages: [{ value: JSON.stringify({ panel: END }) }] });
    await producer.disconnect();
    await eventually(() => committed.results.some(({ panel }) => panel === END), 60);
    await Promise.all([committed, written].map(({ consumer }) => consumer.disconnect()));

    const topics = await admin.listTopics();
    const changelog = topics.find((name) => name.startsWith('changelog__')) ?? '';
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: changelog }],
    });
    const policy = described.resources[0]?.configEntries.find(
      ({ configName }) => configName === 'cleanup.policy',
    );
    expect(policy?.configValue).toContain('compact');
    await admin.disconnect();

    const results = committed.results.filter(({ panel }) => panel !== END);
    console.log(`${written.results.length - 1 - results.length} results of a transaction that was cut off`);
    for (const counts of countsByWindow(results).values())
      expect(counts).toEqual(counts.map((_, index) => index + 1));
    const last = new Map(results.map((row) => [`${row.panel}/${row.key}/${row.from}`, row]));
    const of = (panel: string) => [...last.values()].filter((row) => row.panel === panel);
    const inWindow = (row: Result, field?: keyof Click) =>
      CLICKS.filter(
        (click) =>
          timeOf(click) >= row.from &&
          timeOf(click) < row.to &&
          (field === undefined || click[field] === row.key),
      ).length;
    expect(of('clicks').length).toBeGreaterThan(50);
    for (const row of of('clicks')) expect(`${row.from} ${row.count}`).toBe(`${row.from} ${inWindow(row)}`);
    for (const [panel, field] of [
      ['categories', 'category'],
      ['pages', 'productId'],
    ] as const) {
      expect(of(panel).length).toBeGreaterThan(100);
      for (const row of of(panel))
        expect(`${row.key} ${row.from} ${row.count}`).toBe(`${row.key} ${row.from} ${inWindow(row, field)}`);
    }
    const halfHours = new Set(
      CLICKS.map((click) => `${click.userId} ${Math.floor(timeOf(click) / 1_800_000) * 1_800_000}`),
    );
    expect(
      of('sessions')
        .map(({ key, from }) => `${key} ${from}`)
        .toSorted(),
    ).toEqual([...halfHours].toSorted());
    expect(of('devices')).toHaveLength(14);
  },
  120_000,
);

/** The counts of each window, in the order in which they were shown. */
function countsByWindow(results: readonly Result[]): Map<string, number[]> {
  const windows = new Map<string, number[]>();
  for (const { panel, key, from, count } of results) {
    const window = `${panel}/${key}/${from}`;
    windows.set(window, [...(windows.get(window) ?? []), count]);
  }
  return windows;
}

type Followed = { readonly results: Result[]; readonly consumer: Consumer };

/** Reads the results as they come. */
async function follow(port: number, readUncommitted: boolean): Promise<Followed> {
  const groupId = `test-quix-${readUncommitted}`;
  const consumer = testKafka(port).consumer({ groupId, readUncommitted, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: RESULTS, fromBeginning: true });
  const results: Result[] = [];
  await consumer.run({
    eachMessage: async ({ message }) => void results.push(JSON.parse(String(message.value))),
  });
  return { results, consumer };
}
