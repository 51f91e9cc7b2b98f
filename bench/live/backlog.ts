// The rate at which ingest stores a backlog, alone or while sessions, offers and open live panels follow it.

import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { PRODUCTS } from '../../src/events/products.ts';
import { anEvent } from '../../test/support/events.ts';
import { pick } from '../pick.ts';
import { dataFolder, type Program, startProgram } from '../program.ts';
import { databaseOf } from './database-of.ts';
import { openPanels } from './open-panels.ts';

const MESSAGES_AT_ONCE = 2_000;

async function fill(brokers: string, users: readonly string[], events: number): Promise<void> {
  const producer = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  for (let sent = 0; sent < events; sent += MESSAGES_AT_ONCE) {
    const messages = Array.from({ length: Math.min(MESSAGES_AT_ONCE, events - sent) }, (_, n) => {
      const title = n % 5 === 0 ? 'banner_click' : 'banner_show';
      const event = anEvent({
        user_id: pick(users),
        product: pick(PRODUCTS),
        title,
        context: { item: 'tote' },
      });
      return { key: event.user_id, value: JSON.stringify(event) };
    });
    await producer.send({ topic: 'ecommerce', messages });
  }
  await producer.disconnect();
}

const portsOf = ({ env }: Program) =>
  Object.fromEntries(['PORT', 'KAFKA_PORT', 'POSTGRES_PORT'].map((name) => [name, env[name] ?? '']));

/** Events a second that ingest stores of a backlog. @param panels open live pages; from one on the part `live` runs too */
export async function ingestRate(users: readonly string[], events: number, panels: number): Promise<number> {
  const data = dataFolder();
  const followers = panels > 0 ? ['live'] : [];
  const program = await startProgram(data.folder, {}, ['postgres', 'broker', 'web', ...followers]);
  const database = await databaseOf(program, data.folder);
  await fill(`127.0.0.1:${program.env.KAFKA_PORT}`, users, events);
  const open = await openPanels(program.url, panels);
  const began = performance.now();
  const ingest = await startProgram(data.folder, portsOf(program), ['ingest']);
  const stored = async () =>
    Number(
      (
        await database.query(
          "SELECT coalesce(sum(next_offset), 0) AS sum FROM consumer_offsets WHERE consumer_group = 'shopstream-ingest'",
        )
      ).rows[0]?.sum,
    );
  let first: number | undefined;
  for (let seen = 0; seen < events; ) {
    await sleep(20);
    seen = await stored();
    if (seen > 0) first ??= performance.now();
  }
  const seconds = (performance.now() - (first ?? began)) / 1000;
  open.close();
  await database.end();
  await ingest.stop();
  await program.stop();
  data.remove();
  return events / seconds;
}
