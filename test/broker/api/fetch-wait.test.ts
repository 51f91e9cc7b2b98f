import { describe, expect, it } from 'vitest';
import type { Client } from '../../../src/broker/api/api.ts';
import { waitForBytes } from '../../../src/broker/api/fetch-wait.ts';
import type { PartitionLog } from '../../../src/broker/log/partition-log.ts';

type Listeners = Set<(bytes: number) => void>;

/** Logs as a waiting fetch sees them, and whether it still waits. */
function waiting(missing: number, { maxWaitMs = 600_000, isCommitted = false } = {}) {
  const logs = [0, 1].map(() => ({ appended: new Set() as Listeners, decided: new Set() as Listeners }));
  const client: Client = { host: '', advertised: { host: '', port: 0 }, closed: new Set() };
  const result = waitForBytes(
    new Set(logs as unknown as PartitionLog[]),
    missing,
    maxWaitMs,
    isCommitted,
    client,
  );
  const state: { ended?: boolean } = {};
  void result.then((ended) => {
    state.ended = ended;
  });
  const tell = (which: 'appended' | 'decided', log: number, bytes: number) => {
    for (const listener of logs[log]?.[which] ?? []) listener(bytes);
  };
  const left = () =>
    logs.reduce((sum, { appended, decided }) => sum + appended.size + decided.size, client.closed.size);
  return { result, state, tell, left, client };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('a fetch that waits', () => {
  it('a fetch that waits wakes once the appends to all its partitions together are enough, and listens no longer', async () => {
    const { state, tell, left } = waiting(100);
    tell('appended', 0, 60);
    tell('decided', 0, 1_000);
    await turn();
    expect(state.ended).toBeUndefined();
    tell('appended', 1, 40);
    await turn();
    expect([state.ended, left()]).toEqual([true, 0]);
  });

  it('a fetch that waits wakes after the turn in which the bytes came, so that it takes what comes with them', () => {
    const { state, tell, left } = waiting(10);
    tell('appended', 0, 10);
    tell('appended', 0, 10);
    expect([state.ended, left()]).toEqual([undefined, 3]);
  });

  it('a fetch that waits counts what was decided where it reads what is committed', async () => {
    const { state, tell } = waiting(10, { isCommitted: true });
    tell('appended', 0, 1_000);
    await turn();
    expect(state.ended).toBeUndefined();
    tell('decided', 1, Number.POSITIVE_INFINITY);
    await turn();
    expect(state.ended).toBe(true);
  });

  it('a fetch that waits wakes when a partition is deleted', async () => {
    const { result, tell } = waiting(2 ** 31);
    tell('appended', 0, Number.POSITIVE_INFINITY);
    expect(await result).toBe(true);
  });

  it('a fetch that waits ends when its time is up, and when its connection ends', async () => {
    const late = waiting(10, { maxWaitMs: 1 });
    expect([await late.result, late.left()]).toEqual([true, 0]);
    const gone = waiting(10);
    for (const end of gone.client.closed) end();
    expect([await gone.result, gone.left()]).toEqual([false, 0]);
  });
});
