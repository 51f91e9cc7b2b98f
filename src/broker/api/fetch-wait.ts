// A fetch that waits for records: told of every append to its partitions, it wakes when enough bytes have come,
// when its time is up or when its connection ends, and leaves nothing behind. It wakes after the work of the
// present turn, so that it takes along all that one packet of a producer has brought.

import type { PartitionLog } from '../log/partition-log.ts';
import type { Client } from './api.ts';

const LONGEST_WAIT_MS = 300_000;

/**
 * Resolves when the logs have grown by `missing` bytes, with `isCommitted` bytes that are decided, or one was deleted, or after `maxWaitMs`; with false if
 * the connection ended before.
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
      clearTimeout(timer);
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
    const timer = setTimeout(wake, Math.min(maxWaitMs, LONGEST_WAIT_MS));
    client.closed.add(leave);
    for (const log of logs) listeners(log).add(grown);
  });
}
