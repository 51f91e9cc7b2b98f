// examples/kafka-streams on the embedded broker, its counts against a plain recount, across kill -9 of the application.
// It is exactly once: committed counts of a minute and category only go up, where work done twice would show one again.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FAST_START } from '../real-kafka/apache-kafka.ts';
import { eventually, startTestBroker, testKafka } from '../support/line.ts';
import {
  builtExample,
  CLICKS,
  clicksFrom,
  countsOf,
  makeTopics,
  mavenMissing,
  sendClicks,
} from './clicks.ts';

const missing = mavenMissing();
if (missing !== null) console.warn(`SKIPPED: Kafka Streams: ${missing}`);

it.skipIf(missing !== null)(
  'counts each click once a minute and category, also after it was killed in its work and came back',
  async () => {
    const folder = await builtExample('kafka-streams', ['package', 'dependency:copy-dependencies']);
    const { port } = await startTestBroker();
    await makeTopics(port, [CLICKS, 'clicks-per-minute']);

    const counts = new Map<string, number>();
    const shownAgain: string[] = [];
    const consumer = testKafka(port).consumer({ groupId: 'test-streams' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'clicks-per-minute', fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const [key, count] = [String(message.key), Number(message.value?.readBigInt64BE())];
        if (count <= (counts.get(key) ?? 0)) shownAgain.push(`${key}: ${count} after ${counts.get(key)}`);
        counts.set(key, count);
      },
    });
    const start = () =>
      spawn(
        'java',
        [
          ...FAST_START,
          '-cp',
          'target/classes:target/dependency/*',
          'ClicksPerMinute',
          `127.0.0.1:${port}`,
          path.join(folder, 'state'),
        ],
        { cwd: folder, stdio: 'ignore' },
      );

    const clicks = clicksFrom(0, 100);
    await sendClicks(port, clicks.slice(0, 40));
    let app = start();
    for (const end of [70, 100]) {
      await eventually(() => counts.size > 0, 60);
      await sendClicks(port, clicks.slice(end - 30, end));
      await new Promise((resolve) => setTimeout(resolve, 700)); // into its work, wherever that is
      const ended = new Promise((resolve) => app.once('exit', resolve));
      app.kill('SIGKILL');
      await ended;
      app = start();
    }
    const isCounted = () =>
      Object.entries(countsOf(clicks)).every(([key, count]) => counts.get(key) === count);
    await eventually(isCounted, 90);
    app.kill('SIGKILL');
    await consumer.disconnect();
    expect(Object.fromEntries(counts)).toEqual(countsOf(clicks));
    expect(shownAgain).toEqual([]);
  },
  240_000,
);
