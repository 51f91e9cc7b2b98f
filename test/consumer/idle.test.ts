// A consumer that has nothing to do: what it asks Kafka, and how it stops.

import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Consumer } from '../../src/consumer/consumer.ts';
import { loggingObserver } from '../../src/consumer/logging-observer.ts';
import { ensureTopic } from '../../src/kafka/client.ts';
import { watchedSockets } from '../../src/kafka/sockets.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { eventually, startTestBroker } from '../support/line.ts';

const [FETCH, HEARTBEAT] = [1, 12];
const LOOKED_SECONDS = 6;

/** A consumer that has found nothing, and what has gone over its connections: API keys asked, and answers to fetches. */
async function idleConsumer() {
  const [{ pool }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
  const asked: number[] = [];
  let answers = 0;
  const open = watchedSockets(20_000);
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    socketFactory: (args) => {
      const socket = open(args);
      const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
      let last = -1;
      const noting = (bytes: unknown, ...rest: unknown[]) => {
        last = Buffer.isBuffer(bytes) ? bytes.readInt16BE(4) : -1;
        asked.push(last);
        return write(bytes, ...rest);
      };
      socket.write = noting as typeof socket.write;
      socket.on('data', () => {
        if (last === FETCH) answers += 1;
      });
      return socket;
    },
  });
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopic(admin, 'empty', 3);
  const { clusterId } = await admin.describeCluster();
  await admin.disconnect();
  const subscription = { clusterId, group: 'idle', topic: 'empty' };
  const handler = { store: async () => {}, stored: () => {} };
  const consumer = new Consumer(kafka, pool, subscription, handler, loggingObserver(testLog));
  await consumer.start(() => {});
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= consumer.stop();
    return stopped;
  };
  onTestFinished(stop);
  await eventually(() => asked.includes(FETCH));
  return { kafka, asked, answers: () => answers, stop };
}

describe('an idle consumer', { timeout: 240_000 }, () => {
  it('an idle consumer asks for records once in five seconds, with a heartbeat each time', async () => {
    const { asked } = await idleConsumer();
    asked.length = 0;
    await sleep(LOOKED_SECONDS * 1_000);
    const most = Math.floor(LOOKED_SECONDS / 5) + 1;
    expect(asked.every((key) => key === FETCH || key === HEARTBEAT)).toBe(true);
    for (const key of [FETCH, HEARTBEAT]) {
      const times = asked.filter((one) => one === key).length;
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThanOrEqual(most);
    }
  });

  it('an idle consumer stops and leaves its group while Kafka has not answered its fetch', async () => {
    const { kafka, asked, answers, stop } = await idleConsumer();
    const before = answers();
    const fetches = asked.filter((key) => key === FETCH).length;
    await stop();
    expect(answers()).toBe(before);
    expect(asked.filter((key) => key === FETCH)).toHaveLength(fetches);
    const admin = kafka.admin();
    await admin.connect();
    const { groups } = await admin.describeGroups(['idle']);
    await admin.disconnect();
    expect(groups[0]?.members).toEqual([]);
  });
});
