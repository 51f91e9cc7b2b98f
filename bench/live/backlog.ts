// How fast whole programs store a backlog: all that is in Kafka when ingest starts, while what follows it and open pages want their share.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import type pg from 'pg';
import { PRODUCTS } from '../../src/events/products.ts';
import { anEvent } from '../../test/support/events.ts';
import { childrenOf, cpuOf, cpuOfFamily } from '../cpu.ts';
import { pick } from '../pick.ts';
import { dataFolder, type Program, startProgram } from '../program.ts';
import { databaseOf } from './database-of.ts';
import { openPanels } from './open-panels.ts';

const MESSAGES_AT_ONCE = 2_000;
const SETTLE_MS = 2_000;

/** A program to measure. */
export type Contender = {
  /** Its package, built. */
  readonly folder: string;
  /** All that `start` runs but ingest, and the simulator, which has no backlog. */
  readonly parts: readonly string[];
  /** Where its open page has what it shows live. */
  readonly stream: string;
};

/** Events a second, and what they took of a core: microseconds an event, by process. */
export type Stored = { readonly rate: number; readonly cost: Readonly<Record<string, number>> };

type Message = { readonly key: string; readonly value: string };

/** Messages of events of these users, a fifth of them clicks. */
export const messagesOf = (users: readonly string[], events: number): readonly Message[] =>
  Array.from({ length: events }, (_, n) => {
    const event = anEvent({
      user_id: pick(users),
      product: pick(PRODUCTS),
      title: n % 5 === 0 ? 'banner_click' : 'banner_show',
      context: { item: 'tote' },
    });
    return { key: event.user_id, value: JSON.stringify(event) };
  });

async function fill(brokers: string, all: readonly Message[]): Promise<void> {
  const producer = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  for (let sent = 0; sent < all.length; sent += MESSAGES_AT_ONCE)
    await producer.send({ topic: 'ecommerce', messages: all.slice(sent, sent + MESSAGES_AT_ONCE) });
  await producer.disconnect();
}

const portsOf = ({ env }: Program) =>
  Object.fromEntries(['PORT', 'KAFKA_PORT', 'POSTGRES_PORT'].map((name) => [name, env[name] ?? '']));

/** Stores the messages. @param pages how many open pages are told of it */
export async function storeBacklog(
  { folder, parts, stream }: Contender,
  messages: readonly Message[],
  pages: number,
): Promise<Stored> {
  const data = dataFolder();
  const program = await startProgram(data.folder, {}, parts, folder);
  const database = await databaseOf(program, data.folder);
  await fill(`127.0.0.1:${program.env.KAFKA_PORT}`, messages);
  const open = await openPanels(program.url + stream, pages);
  // What a start and what arrived in Kafka have set in motion is over then.
  await sleep(SETTLE_MS);
  // A database by its address is not given the sample, which would be loaded meanwhile.
  const { host, port, user, password, database: name } = database;
  const DATABASE_URL = `postgres://${user}:${password}@${host}:${port}/${name}`;
  const ingest = await startProgram(data.folder, { ...portsOf(program), DATABASE_URL }, ['ingest'], folder);
  try {
    return await watch(database, messages.length, () => ({
      ...cpuOfParts(program),
      ingest: cpuOf(ingest.pid),
    }));
  } finally {
    open.close();
    await database.end();
    await ingest.stop();
    await program.stop();
    data.remove();
  }
}

/** From the first commit to the last. */
async function watch(
  database: pg.Client,
  events: number,
  cpu: () => Readonly<Record<string, number>>,
): Promise<Stored> {
  let seen = 0;
  const until = async (wanted: number) => {
    while (seen < wanted) {
      await sleep(20);
      seen = await storedIn(database);
    }
  };
  await until(1);
  const [first, began, before] = [seen, performance.now(), cpu()];
  await until(events);
  const [stored, seconds, after] = [events - first, (performance.now() - began) / 1000, cpu()];
  const cost = Object.entries(after).map(([name, used]) => [
    name,
    ((used - (before[name] ?? 0)) / stored) * 1e6,
  ]);
  return { rate: stored / seconds, cost: Object.fromEntries(cost) };
}

async function storedIn(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ sum: string }>(
    "SELECT coalesce(sum(next_offset), 0) AS sum FROM consumer_offsets WHERE consumer_group = 'shopstream-ingest'",
  );
  return Number(rows[0]?.sum);
}

/** CPU seconds of a program's processes, by part. */
function cpuOfParts({ pid }: Program): Record<string, number> {
  const named = childrenOf(pid).map((child) => {
    const [, part] = /run-part\0(\w+)/.exec(readFileSync(`/proc/${child}/cmdline`, 'latin1')) ?? [];
    return part === undefined ? (['postgres', cpuOfFamily(child)] as const) : ([part, cpuOf(child)] as const);
  });
  return Object.fromEntries(named);
}
