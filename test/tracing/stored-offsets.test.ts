import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { moveOffset } from '../../src/consumer/offsets.ts';
import { SEEN_MS, UNSEEN_MS } from '../../src/consumer/onlookers.ts';
import { CHANGE_CHANNEL, PAGES_MESSAGE } from '../../src/db/change.ts';
import { type Pool, transaction } from '../../src/db/pool.ts';
import { StoredOffsets } from '../../src/tracing/stored-offsets.ts';
import { migratedDatabase, testLog } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const subscriptionOf = (group: string) => ({ clusterId: 'c', group, topic: 't' });
const forever = new AbortController().signal;

let pool: Pool;
let url: string;
beforeAll(async () => {
  ({ pool, url } = await migratedDatabase());
});

/** Ingest, as its followers see it. They wait for a minute unless told otherwise. */
function ingestOf(group: string, { longestMs = 60_000, silentMs = 60_000 } = {}) {
  const offsets = new StoredOffsets(pool, url, testLog, { longestMs, silentMs });
  onTestFinished(() => offsets.close());
  const subscription = subscriptionOf(group);
  const at = new Map<number, bigint>();
  const moveTo = async (next: bigint, partition = 0, end?: bigint) => {
    await transaction(pool, (client) =>
      moveOffset(client, subscription, partition, at.get(partition), next, end),
    );
    at.set(partition, next);
  };
  return { ...offsets.of(subscription), moveTo, offsets };
}

/** What is told before it listens is found by a look. */
const isListening = (offsets: StoredOffsets) =>
  eventually(async () => {
    await pool.query('SELECT pg_notify($1, $2)', [CHANGE_CHANNEL, PAGES_MESSAGE]);
    return offsets.onlookers.leastMs === SEEN_MS;
  });

function settling(promise: Promise<void>) {
  const state = { isOver: false };
  void promise.finally(() => {
    state.isOver = true;
  });
  return state;
}

it('StoredOffsets lets a follower go on once ingest is past its batch', async () => {
  const ingest = ingestOf('near');
  await ingest.moveTo(5n);
  await ingest.reached({ partition: 0, end: 5n }, 5n, forever);
  const waiting = ingest.reached({ partition: 0 }, 7n, forever);
  const state = settling(waiting);
  await ingest.moveTo(6n);
  expect(state.isOver).toBe(false);
  await ingest.moveTo(7n);
  await waiting;
});

it('StoredOffsets keeps a follower waiting while ingest works off a backlog, and no longer', async () => {
  const ingest = ingestOf('backlog');
  await ingest.moveTo(1n);
  const waiting = ingest.reached({ partition: 0, end: 20_000n }, 1n, forever);
  const state = settling(waiting);
  for (let next = 1_000n; next < 15_000n; next += 1_000n) {
    await ingest.moveTo(next);
    // What a second one waits for is told to the first as well.
    await ingest.reached({ partition: 0 }, next, forever);
    expect(state.isOver).toBe(false);
  }
  await ingest.moveTo(15_000n);
  await waiting;
});

it('StoredOffsets keeps the followers of all partitions waiting while ingest works off a backlog of one', async () => {
  const ingest = ingestOf('other');
  await ingest.moveTo(1n, 0);
  await ingest.moveTo(5n, 1);
  const behind = ingest.reached({ partition: 0, end: 20_000n }, 1n, forever);
  const waiting = ingest.reached({ partition: 1, end: 5n }, 5n, forever);
  const state = settling(waiting);
  await ingest.moveTo(14_999n);
  await ingest.reached({ partition: 0 }, 14_999n, forever);
  expect(state.isOver).toBe(false);
  await ingest.moveTo(15_000n);
  await Promise.all([behind, waiting]);
});

it('StoredOffsets knows of a backlog from ingest, where a follower fetched its batch before that came', async () => {
  const ingest = ingestOf('told');
  await isListening(ingest.offsets);
  await ingest.moveTo(1n);
  await ingest.reached({ partition: 0 }, 1n, forever);
  const waiting = ingest.reached({ partition: 0, end: 5n }, 5n, forever);
  const state = settling(waiting);
  await ingest.moveTo(5n, 0, 20_000n);
  await ingest.moveTo(14_999n);
  await ingest.reached({ partition: 0 }, 14_999n, forever);
  expect(state.isOver).toBe(false);
  await ingest.moveTo(15_000n);
  await waiting;
});

it('StoredOffsets does not wait for a partition again that ingest tells nothing of', async () => {
  const ingest = ingestOf('idle', { silentMs: 100 });
  await ingest.moveTo(1n, 0);
  await ingest.moveTo(5n, 1);
  await ingest.reached({ partition: 0, end: 1_000_000n }, 1n, forever);
  await ingest.reached({ partition: 1, end: 5n }, 5n, forever);
  const state = settling(ingest.reached({ partition: 1, end: 5n }, 5n, forever));
  await new Promise(setImmediate);
  expect(state.isOver).toBe(true);
});

it('StoredOffsets does not wait for an ingest that is behind and tells of nothing', async () => {
  const ingest = ingestOf('silent', { silentMs: 100 });
  await ingest.moveTo(1n);
  await ingest.reached({ partition: 0, end: 1_000_000n }, 1n, forever);
});

it('StoredOffsets goes on after some seconds where ingest never catches up', async () => {
  const ingest = ingestOf('overrun', { longestMs: 300 });
  await ingest.moveTo(1n);
  const state = settling(ingest.reached({ partition: 0, end: 1_000_000_000n }, 1n, forever));
  let next = 1n;
  await eventually(async () => {
    next += 1n;
    await ingest.moveTo(next);
    return state.isOver;
  });
});

it('StoredOffsets ends with its follower', async () => {
  const ingest = ingestOf('ended');
  await ingest.moveTo(1n);
  const ending = new AbortController();
  const waiting = ingest.reached({ partition: 0, end: 20_000n }, 1n, ending.signal);
  ending.abort();
  await expect(waiting).rejects.toThrow('abort');
});

it('StoredOffsets is told of an open page, for which followers hurry', async () => {
  const offsets = new StoredOffsets(pool, url, testLog);
  onTestFinished(() => offsets.close());
  expect(offsets.onlookers.leastMs).toBe(UNSEEN_MS);
  await isListening(offsets);
});
