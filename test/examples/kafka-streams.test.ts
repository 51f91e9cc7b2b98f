// examples/kafka-streams on the embedded broker, its counts against a plain recount, across kill -9 of the application.
// It is exactly once: committed counts of a minute and category only go up, where work done twice would show one again.

import { execFile, spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { runs } from '../real-kafka/apache-kafka.ts';
import { eventually, startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';

const missing =
  process.env.KAFKA_FETCH !== '1'
    ? 'KAFKA_FETCH=1 fetches Kafka Streams by Maven'
    : [
        ['javac', '-version'],
        ['mvn', '--version'],
      ].find(([command = '', version = '']) => !runs(command, [version]))?.[0];
if (missing !== undefined) console.warn(`SKIPPED: Kafka Streams: ${missing}`);

const BEGIN = Date.UTC(2026, 2, 10, 12);
const CATEGORIES = ['clothes', 'sneakers', 'electronics'] as const;
const clicksFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({
    original_timestamp: new Date(BEGIN + (first + n) * 7_000).toISOString(),
    userId: `visitor-${n % 5}`,
    category: CATEGORIES[(first + n) % 3] ?? '',
  }));

it.skipIf(missing !== undefined)(
  'counts each click once a minute and category, also after it was killed in its work and came back',
  async () => {
    const folder = path.join(temporaryFolder(), 'kafka-streams');
    cpSync(path.join(packageRoot, 'examples', 'kafka-streams'), folder, { recursive: true });
    await promisify(execFile)('mvn', ['-q', '-B', 'package', 'dependency:copy-dependencies'], {
      cwd: folder,
    });
    const { port } = await startTestBroker();
    const kafka = testKafka(port);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      topics: ['enriched-click-data', 'clicks-per-minute'].map((topic) => ({ topic, numPartitions: 2 })),
    });
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    const send = (clicks: ReturnType<typeof clicksFrom>) =>
      producer.send({
        topic: 'enriched-click-data',
        messages: clicks.map((click) => ({ key: click.userId, value: JSON.stringify(click) })),
      });

    const counts = new Map<string, number>();
    const shownAgain: string[] = [];
    const consumer = kafka.consumer({ groupId: 'test-streams' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'clicks-per-minute', fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const [key, count] = [String(message.key), Number(message.value?.readBigInt64BE())];
        if (count <= (counts.get(key) ?? 0)) shownAgain.push(`${key}: ${count} after ${counts.get(key)}`);
        counts.set(key, count);
      },
    });
    const expected = (clicks: ReturnType<typeof clicksFrom>) => {
      const minutes = new Map<string, number>();
      for (const { category, original_timestamp } of clicks) {
        const key = `${category} ${original_timestamp.slice(0, 16)}:00Z`;
        minutes.set(key, (minutes.get(key) ?? 0) + 1);
      }
      return minutes;
    };
    const isCounted = (clicks: ReturnType<typeof clicksFrom>) => () =>
      [...expected(clicks)].every(([key, count]) => counts.get(key) === count);
    const start = () =>
      spawn(
        'java',
        [
          '-Xmx256m',
          '-cp',
          'target/classes:target/dependency/*',
          'ClicksPerMinute',
          `127.0.0.1:${port}`,
          path.join(folder, 'state'),
        ],
        { cwd: folder, stdio: 'ignore' },
      );

    const clicks = clicksFrom(0, 100);
    await send(clicks.slice(0, 40));
    let app = start();
    for (const end of [70, 100]) {
      await eventually(() => counts.size > 0, 60);
      await send(clicks.slice(end - 30, end));
      await new Promise((resolve) => setTimeout(resolve, 700)); // into its work, wherever that is
      const ended = new Promise((resolve) => app.once('exit', resolve));
      app.kill('SIGKILL');
      await ended;
      app = start();
    }
    await eventually(isCounted(clicks), 90);
    app.kill('SIGKILL');
    await consumer.disconnect();
    await producer.disconnect();
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(expected(clicks)));
    expect(shownAgain).toEqual([]);
  },
  240_000,
);
