// The topic enriched-click-data on a real line, with the tutorial's columns, across kills of the part.

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { EnrichedClick } from '../../src/enriched-clicks/enriched-click.ts';
import { tellDevice } from '../../src/enrichment/told-devices.ts';
import { newId } from '../../src/events/ids.ts';
import { MAIN } from '../support/command.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine, temporaryFolder } from '../support/line.ts';

const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36';
const MACINTOSH =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
const COLUMNS = [
  'timestamp',
  'original_timestamp',
  'userId',
  'ip',
  'userAgent',
  'productId',
  'category',
  'title',
  'gender',
  'country',
  'deviceType',
  'age',
  'birthdate',
  'datetime',
];

it('enriched-click-data has every stored click with all that is known of it, and nothing else, across kills', async () => {
  const line = await startLine();
  const env = {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: line.config.DATABASE_URL ?? '',
    KAFKA_BROKERS: String(line.config.KAFKA_BROKERS),
    DATA_DIR: temporaryFolder(),
    LOG_LEVEL: 'warn',
  };
  const startLive = (): ChildProcess =>
    spawn(process.execPath, [MAIN, 'start', 'live'], { env, stdio: 'ignore' });
  const full = anEvent({
    user_id: newId(),
    time: '2026-03-10T12:00:00.000Z',
    product: 'clothes',
    context: { item: 'fjord-jumper', ip: '8.8.8.0', user_agent: PHONE, gender: 'F', birthdate: '1990-03-11' },
  });
  const bare = anEvent({ product: 'sneakers' });
  const tablet = anEvent({ user_id: newId(), context: { user_agent: MACINTOSH } });
  const phone = anEvent({ user_id: tablet.user_id, context: { user_agent: PHONE } });
  await tellDevice(line.pool, tablet.user_id, 'tablet');
  const clicks = [full, bare, tablet, phone, ...Array.from({ length: 60 }, () => anEvent())];
  const others = [anEvent({ title: 'banner_show' }), anEvent({ title: 'order' })];
  const producer = line.kafka.producer();
  await producer.connect();
  let live = startLive();
  for (const events of [clicks.slice(0, 30), [...clicks.slice(30), ...others], [full]]) {
    const messages = events.map((event) => ({ value: JSON.stringify(event) }));
    await producer.send({ topic: line.config.KAFKA_TOPIC, messages });
    await sleep(Math.random() * 1_500);
    const ended = new Promise((resolve) => live.once('exit', resolve));
    live.kill('SIGKILL');
    await ended;
    live = startLive();
  }
  await producer.disconnect();

  const seen = new Map<string, EnrichedClick>();
  const consumer = line.kafka.consumer({ groupId: 'test-enriched' });
  await consumer.connect();
  await eventually(() =>
    consumer.subscribe({ topic: 'enriched-click-data', fromBeginning: true }).then(
      () => true,
      () => false,
    ),
  );
  await consumer.run({
    eachMessage: async ({ message }) => {
      seen.set(String(message.headers?.order_id), JSON.parse(message.value?.toString() ?? ''));
    },
  });
  await eventually(() => clicks.every(({ order_id }) => seen.has(order_id)));
  await sleep(500);
  await consumer.disconnect();
  live.kill('SIGKILL');
  expect([...seen.keys()].toSorted()).toEqual(clicks.map(({ order_id }) => order_id).toSorted());
  for (const row of seen.values()) expect(Object.keys(row)).toEqual(COLUMNS);
  expect(seen.get(full.order_id)).toMatchObject({
    original_timestamp: Date.UTC(2026, 2, 10, 12),
    userId: full.user_id,
    ip: '8.8.8.0',
    productId: 'fjord-jumper',
    category: 'clothes',
    title: 'Fjord Jumper',
    gender: 'F',
    country: 'United States',
    deviceType: 'mobile',
    age: 35,
    birthdate: '1990-03-11',
  });
  expect(seen.get(bare.order_id)).toMatchObject({
    ip: null,
    userAgent: null,
    productId: 'Unknown',
    title: 'Unknown',
    gender: 'Unknown',
    country: 'Unknown',
    deviceType: 'other',
    age: null,
  });
  // The page has told it, and no user agent but that one leaves it open.
  expect(seen.get(tablet.order_id)?.deviceType).toBe('tablet');
  expect(seen.get(phone.order_id)?.deviceType).toBe('mobile');
  const { timestamp, datetime } = seen.get(bare.order_id) ?? { timestamp: 0, datetime: '' };
  expect(Date.parse(datetime)).toBe(timestamp);
}, 240_000);
