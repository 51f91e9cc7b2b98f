// A fetch that waits for records: it counts the bytes appended to its partitions, and wakes when there are enough, when its
// time is up or when its connection ends. It wakes after the current turn of the event loop, so that its response holds all
// records that a producer has sent in one packet.

import type { PartitionLog } from '../log/partition-log.ts';
import { callAt, endWithin } from '../moments.ts';
import type { Client } from './api.ts';

const LONGEST_WAIT_MS = 300_000;

/**
 * Waits until the logs have grown by `missing` bytes (with `isCommitted`, below the last stable offset), a log was deleted, or
 * `maxWaitMs` have passed; a wait of 4 s or more may end up to a second early (moments.ts).
 * @returns false if the connection ended before
 */
export function waitForBytes(
  logs: ReadonlySet<PartitionLog>,
  missing: number,
  maxWaitMs: number,
  isCommitted: boolean,
  client: Client,
): Promise<boolean> {
  const listeners = ({ appended, decided }: PartitionLog) => (isCommitted ? decided : appended);
  return new Promise((resolve) => {
    let left = missing;
    const end = (isOpen: boolean) => {
      forget();
      client.closed.delete(leave);
      for (const log of logs) listeners(log).delete(grown);
      resolve(isOpen);
    };
    const wake = () => end(true);
    const leave = () => end(false);
    const grown = (bytes: number) => {
      const before = left;
      left -= bytes;
      if (before > 0 && left <= 0) setImmediate(wake);
    };
    const forget = callAt(endWithin(Math.min(maxWaitMs, LONGEST_WAIT_MS)), wake);
    client.closed.add(leave);
    for (const log of logs) listeners(log).add(grown);
  });
}
