// examples/quix-streams on the embedded broker, its numbers against a plain recount. `.ci/run` installs Quix Streams and names its
// Python in QUIX_PYTHON.

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';

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
const timeOf = ({ original_timestamp }: Click) => Date.parse(original_timestamp);

it.skipIf(python === undefined)(
  'counts on the embedded broker what a plain recount does, with its state in compacted changelogs',
  async () => {
    const { port } = await startTestBroker();
    const kafka = testKafka(port);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'enriched-click-data', numPartitions: 2 }] });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({
      topic: 'enriched-click-data',
      messages: CLICKS.map((click) => ({ key: click.userId, value: JSON.stringify(click) })),
    });
    await producer.disconnect();

    await promisify(execFile)(
      python ?? '',
      [path.join(packageRoot, 'examples', 'quix-streams', 'real_time.py')],
      { env: { ...process.env, BROKER: `127.0.0.1:${port}`, TIMEOUT: '8', STATE_DIR: temporaryFolder() } },
    );

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

    const results = await readAll(port);
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

async function readAll(port: number): Promise<Result[]> {
  const kafka = testKafka(port);
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets('quix-real-time');
  await admin.disconnect();
  const total = ends.reduce((sum, { high }) => sum + Number(high), 0);
  const consumer = kafka.consumer({ groupId: 'test-quix' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'quix-real-time', fromBeginning: true });
  const seen: Result[] = [];
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(JSON.parse(String(message.value)));
        if (seen.length === total) resolve();
      },
    });
  });
  await consumer.disconnect();
  return seen;
}
