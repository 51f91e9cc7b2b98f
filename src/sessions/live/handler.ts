// Live sessions as a handler of the consumer. Only what ingest has stored makes sessions: an event that it has set aside, or that
// repeats another one's order_id, makes none. So a batch waits until ingest is past it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordHandler } from '../../consumer/handler.ts';
import { inOffsetTransaction, readOffset, type Subscription } from '../../consumer/offsets.ts';
import type { RecordBatch } from '../../consumer/record.ts';
import type { Client, Pool } from '../../db/pool.ts';
import { parseEventBytes } from '../../events/parse.ts';
import { stepAll } from './core/step.ts';
import { lockSessions, readTouched, takeIds, type VisitorChange, writeChanges } from './store.ts';

const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1_000;
/** After this the batch is tried anew, so that a consumer that has lost its partition hears of it. */
const LONGEST_WAIT_MS = 30_000;

/** @param ingest whose offsets say what is stored; @param onChanged called after a commit that changed sessions */
export function sessionsHandler(
  pool: Pool,
  subscription: Subscription,
  ingest: Subscription,
  onChanged: () => void,
): RecordHandler<number> {
  return {
    store: async (batch, move) => {
      await waitForIngest(pool, ingest, batch.partition, move.next);
      return inOffsetTransaction(pool, subscription, batch.partition, move, (client) =>
        changeSessions(client, subscription.topic, batch),
      );
    },
    stored: (changed) => {
      if (changed > 0) onChanged();
    },
  };
}

async function waitForIngest(
  pool: Pool,
  ingest: Subscription,
  partition: number,
  next: bigint,
): Promise<void> {
  const begun = performance.now();
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_LOOK_MS)) {
    const stored = await readOffset(pool, ingest, partition);
    if (stored !== undefined && stored >= next) return;
    if (performance.now() - begun > LONGEST_WAIT_MS)
      throw new Error(`partition ${partition}: ingest has not stored offset ${next - 1n} yet`);
    await sleep(pause);
  }
}

type Stored = { readonly user_id: string; readonly robot: boolean; readonly sent_ms: number };

async function changeSessions(client: Client, topic: string, batch: RecordBatch): Promise<number> {
  const events = await readStored(client, topic, batch);
  if (events.length === 0) return 0;
  await lockSessions(client);
  const changes = await changesOf(client, events);
  await writeChanges(client, changes);
  return changes.length;
}

/** The events of a batch that are stored as this batch's, in the order of their offsets. */
async function readStored(
  client: Client,
  topic: string,
  { partition, records }: RecordBatch,
): Promise<Stored[]> {
  const ids = records.flatMap(({ value }) => {
    const parsed = parseEventBytes(value);
    return parsed.ok ? [parsed.event.order_id] : [];
  });
  const [first, last] = [records[0]?.offset, records.at(-1)?.offset];
  const { rows } = await client.query<Stored>(
    `SELECT replace(user_id::text, '-', '') AS user_id, is_robot(context) AS robot,
       (extract(epoch FROM "time") * 1000)::bigint AS sent_ms
     FROM events
     WHERE order_id = ANY($1::uuid[]) AND topic = $2 AND "partition" = $3 AND "offset" BETWEEN $4 AND $5
     ORDER BY "offset"`,
    [ids, topic, partition, String(first), String(last)],
  );
  return rows;
}

async function changesOf(client: Client, events: readonly Stored[]): Promise<VisitorChange[]> {
  const times = events.map(({ sent_ms }) => sent_ms);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const sent = grouped(events, ({ user_id, robot }) => `${user_id} ${robot}`);
  const users = [...new Set(events.map(({ user_id }) => user_id))];
  const known = grouped(
    await readTouched(client, users, from, to),
    ({ userId, robot }) => `${userId} ${robot}`,
  );
  const ids = await takeIds(client, events.length);
  const newId = () => ids.shift() ?? Number.NaN;
  const now = Date.now();
  return [...sent].flatMap(([visitor, own]) => {
    const { user_id: userId = '', robot = false } = own[0] ?? {};
    const sentTimes = own.map(({ sent_ms }) => sent_ms);
    const changes = stepAll(known.get(visitor) ?? [], sentTimes, newId, now);
    return changes.map((change) => ({ userId, robot, ...change }));
  });
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}
