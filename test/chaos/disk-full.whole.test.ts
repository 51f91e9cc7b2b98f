// The disk that has everything (outbox, log of the broker, PostgreSQL) is full for a while: what was acknowledged before
// and meanwhile is stored, once, when there is room again, and nobody had to start anything anew.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { openTestPool } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, temporaryFolder, testKafka } from '../support/line.ts';
import { fillDataFolder, LINE, programSettings, startProgram } from '../support/program.ts';
import { type SmallDisk, smallDisk } from '../support/small-disk.ts';
import { Load } from './load.ts';
import { seeded } from './random.ts';
import { isDrained, judge, NOTHING_WRONG } from './verdict.ts';

const FULL_MS = 3_000;
const PAUSE_MS = 50;

/** Sends events while no byte is free; the statuses of the answers. */
async function whileFull(disks: readonly SmallDisk[], url: string, load: Load) {
  const answers = { shop: new Set<number>(), collector: new Set<number>() };
  for (const full = performance.now(); performance.now() - full < FULL_MS; ) {
    // What is truncated gives room to the next writer: again and again.
    for (const disk of disks) disk.fill();
    answers.shop.add((await request(url).get('/')).status);
    const event = anEvent();
    const { status } = await request(url).post('/api/events').send(event);
    answers.collector.add(status);
    if (status === 202) load.acknowledged.events.set(event.order_id, event);
    await sleep(100);
  }
  return answers;
}

describe('a full disk', { timeout: 240_000 }, () => {
  it('under PostgreSQL alone, and then under the whole program: the shop answers, nothing acknowledged is lost, and all goes on when there is room', async ({
    skip,
  }) => {
    const folder = temporaryFolder();
    const whole = smallDisk(100, folder);
    const ofPostgres = smallDisk(200, path.join(folder, 'data', 'postgres'));
    if (whole === undefined || ofPostgres === undefined) return skip('no right to mount a tmpfs');
    const settings: Record<string, string> = {
      ...(await programSettings('new')),
      DATA_DIR: path.join(folder, 'data'),
    };
    fillDataFolder(settings.DATA_DIR ?? '');
    const program = await startProgram({ ...settings, LOG_LEVEL: 'warn' }, LINE);
    const load = new Load(program.url, `127.0.0.1:${settings.KAFKA_PORT}`, 'ecommerce', seeded(3));
    load.start(PAUSE_MS);
    await eventually(() => load.acknowledged.sends > 100);
    for (const { disks, answer } of [
      { disks: [ofPostgres], answer: 202 },
      { disks: [ofPostgres, whole], answer: 503 },
    ]) {
      const printed = program.output().length;
      const answers = await whileFull(disks, program.url, load);
      expect([...answers.shop]).toEqual([200]);
      expect([...answers.collector]).toContain(answer);
      const sends = load.acknowledged.sends;
      for (const disk of disks) disk.empty();
      await eventually(() => load.acknowledged.sends > sends + 200);
      expect(program.output().slice(printed)).toMatch(/ENOSPC|No space left on device/);
    }
    await load.stop();
    const pool = openTestPool(program.databaseUrl());
    await eventually(() => isDrained(pool, load.acknowledged).catch(() => false));
    expect(await judge(pool, load.acknowledged)).toMatchObject(NOTHING_WRONG);
    expect(await program.stop()).toBe(0);
  });

  it('under the broker: a send is refused, what was acknowledged is there, and the next is taken when there is room', async ({
    skip,
  }) => {
    const disk = smallDisk(8);
    if (disk === undefined) return skip('no right to mount a tmpfs');
    let broker = await startBroker({ dataDir: disk.folder, port: 0 });
    const producer = testKafka(broker.port).producer({ retry: { retries: 0 } });
    await producer.connect();
    const acknowledged: string[] = [];
    const send = async (value: string) => {
      await producer.send({ topic: 'full', messages: [{ value, partition: 0 }] });
      acknowledged.push(value);
    };
    const filler = 'x'.repeat(10_000);
    await eventually(() =>
      send('first').then(
        () => true,
        () => false,
      ),
    );
    disk.fill();
    await expect(
      (async () => {
        for (let n = 0; n < 2_000; n += 1) await send(`${n} ${filler}`);
      })(),
    ).rejects.toMatchObject({ cause: { type: 'KAFKA_STORAGE_ERROR' } });
    disk.empty();
    await send('there is room');
    await producer.disconnect();
    await broker.close();
    broker = await startBroker({ dataDir: disk.folder, port: 0 });
    const consumer = testKafka(broker.port).consumer({ groupId: 'test', maxWaitTimeInMs: 100 });
    const read: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic: 'full', fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void read.push(String(message.value)) });
    await eventually(() => read.length >= acknowledged.length);
    expect(read).toEqual(acknowledged);
    await consumer.disconnect();
    await broker.close();
  });
});
