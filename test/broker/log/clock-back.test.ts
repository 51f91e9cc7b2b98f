// Records whose times go back, as after a producer's clock was set back: a look-up by time finds the first record that is
// late enough, wherever it is.

import { expect, test } from 'vitest';
import { seeded } from '../../chaos/random.ts';
import { startTestBroker, testKafka } from '../../support/line.ts';

const RECORDS = 150;
const LONG = 'x'.repeat(500);

test('a time is looked up right where the times of the records go back', async () => {
  const { port } = await startTestBroker();
  const [random, kafka] = [seeded(5), testKafka(port)];
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic: 'times', numPartitions: 1 }] });
  const now = Date.now();
  const times: number[] = [];
  for (let at = now - 10 * 3_600_000, n = 0; n < RECORDS; n += 1) {
    // Mostly on, and now and then back by up to an hour.
    at += random() < 0.05 ? -Math.floor(random() * 3_600_000) : Math.floor(random() * 60_000);
    times.push(at);
    await producer.send({ topic: 'times', messages: [{ value: LONG, timestamp: String(at) }] });
  }
  for (const time of [...times, ...times.map((one) => one + 1), 0]) {
    const first = times.findIndex((one) => one >= time);
    const [found] = await admin.fetchTopicOffsetsByTimestamp('times', time);
    expect([time, Number(found?.offset)]).toEqual([time, first === -1 ? RECORDS : first]);
  }
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});
