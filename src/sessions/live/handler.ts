// Live sessions as a handler of the consumer. A batch waits until ingest has committed it, as only stored events count: those
// that ingest rejects, or whose order_id repeats, make no session.

import type { RecordHandler } from '../../consumer/handler.ts';
import { Moving, passOver, type Subscription } from '../../consumer/offsets.ts';
import { type Client, type Pool, transaction } from '../../db/pool.ts';
import type { Ingest } from '../../tracing/stored-offsets.ts';
import { readStored, storedSql } from '../../tracing/stored-records.ts';
import { lateBarsOf } from './core/late.ts';
import { stepAll } from './core/step.ts';
import { addLate, type LateBar } from './half-hours.ts';
import {
  readTouched,
  SESSIONS_LOCK,
  takeIds,
  type VisitorChange,
  writeChanges,
  writeChangesTo,
} from './store.ts';

/** @param ingest whose offsets say what is stored @param onChanged called after a commit that changed sessions */
export function sessionsHandler(
  pool: Pool,
  subscription: Subscription,
  ingest: Ingest,
  signal: AbortSignal,
  onChanged: () => void,
): RecordHandler<number> {
  return {
    store: async (batch, move) => {
      const { partition } = batch;
      await ingest.reached(batch, move.next, signal);
      const events = await readStored<Stored>(pool, subscription.topic, batch, STORED);
      if (events.length === 0) {
        await passOver(pool, subscription, partition, move);
        return 0;
      }
      const change = async (client: Client) => {
        const { changes, late } = await changesOf(client, events);
        await addLate(client, late);
        const offset = new Moving(subscription, partition, move, changes.some(isSeen));
        await writeChangesTo(client, changes, offset);
        return changes.length;
      };
      return transaction(pool, change, { lock: SESSIONS_LOCK });
    },
    stored: (changed) => {
      if (changed > 0) onChanged();
    },
  };
}

/** The fields of a stored event that sessions need. */
export type Stored = {
  readonly user_id: string;
  readonly robot: boolean;
  readonly simulated: boolean;
  readonly sent_ms: number;
  /** Timestamp of its record, or of its row where that is not known, in milliseconds since 1970. */
  readonly arrived_ms: number;
};

/** Whether a page shows the change: none shows that a session goes on. */
const isSeen = ({ because, lateByMs }: VisitorChange): boolean => because !== 'continued' || lateByMs > 0;

/**
 * Adds stored events, in the order of their arrival.
 * @param client in a transaction that has the lock of sessions
 * @returns how many sessions were changed
 */
export async function takeEvents(client: Client, events: readonly Stored[]): Promise<number> {
  const { changes, late } = await changesOf(client, events);
  await addLate(client, late);
  await writeChanges(client, changes);
  return changes.length;
}

const STORED = storedSql(
  'sessions_stored',
  `replace(user_id::text, '-', '') AS user_id, is_robot(context) AS robot, is_simulated(context) AS simulated,
  (extract(epoch FROM "time") * 1000)::bigint AS sent_ms,
  (extract(epoch FROM coalesce(appended_at, stored_at)) * 1000)::bigint AS arrived_ms`,
);

/** The changes of sessions, and the half hours that were over when their events came. */
type Changes = { readonly changes: readonly VisitorChange[]; readonly late: readonly LateBar[] };

async function changesOf(client: Client, events: readonly Stored[]): Promise<Changes> {
  const times = events.map(({ sent_ms }) => sent_ms);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const sent = grouped(events, ({ user_id, robot }) => `${user_id} ${robot}`);
  const users = [...new Set(events.map(({ user_id }) => user_id))];
  const { sessions, closedUntilMs } = await readTouched(client, users, from, to);
  const known = grouped(sessions, ({ userId, robot }) => `${userId} ${robot}`);
  let opened = 0;
  // New sessions have negative ids until the sequence has given theirs.
  const newId = () => {
    opened += 1;
    return -opened;
  };
  const late: LateBar[] = [];
  const changes = [...sent].flatMap(([visitor, own]) => {
    const { user_id: userId = '', robot = false, simulated = false } = own[0] ?? {};
    const sentTimes = own.map(({ sent_ms }) => sent_ms);
    const before = known.get(visitor) ?? [];
    const marks = { userId, robot, simulated: before[0]?.simulated ?? simulated };
    const stepped = stepAll(before, sentTimes, newId, closedUntilMs, (event, effects) => {
      const arrivedMs = own[event]?.arrived_ms ?? 0;
      for (const fromMs of lateBarsOf(effects, arrivedMs)) late.push({ ...marks, fromMs });
    });
    return stepped.map((change) => ({ userId, robot, simulated, ...change }));
  });
  const ids = opened === 0 ? [] : await takeIds(client, opened);
  const numbered = (id: number) => (id < 0 ? (ids[-id - 1] ?? Number.NaN) : id);
  const numberedChanges = changes.map(({ session, ...change }) => {
    const { id, mergedInto } = session;
    return {
      ...change,
      session: {
        ...session,
        id: numbered(id),
        mergedInto: mergedInto === undefined ? undefined : numbered(mergedInto),
      },
    };
  });
  return { changes: numberedChanges, late };
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
