// The limit of open files and connections (getrlimit(2), RLIMIT_NOFILE). At the limit libuv closes new connections silently, and
// opening a file fails wherever it happens: here that is logged.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { codeOf } from './errors.ts';
import type { Logger } from './log.ts';
import { lookEvery, SELDOM_MS } from './look-every.ts';

/** Reserved for the disk, Kafka and Postgres, so that clients can't take the last one. */
const KEPT_FOR_FILES = 64;
const FEWEST_CONNECTIONS = 16;

/** How many files this process may have open; Infinity where the system doesn't tell. */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** How many connections a server of this process may take. */
export const mostConnections = (limit = openFilesLimit()): number =>
  Math.max(FEWEST_CONNECTIONS, limit - KEPT_FOR_FILES);

/**
 * Logs an error at each look while this process can't open another file.
 * @returns what ends the watch
 */
export function watchOpenFiles(log: Logger): () => void {
  return lookEvery(SELDOM_MS, () => {
    try {
      closeSync(openSync(devNull, 'r'));
    } catch (error) {
      if (!isOutOfFiles(error)) return;
      const advice = 'connections are refused and files can not be opened; "ulimit -n" allows more';
      log.error(
        { err: error },
        `all ${openFilesLimit()} files that this process may open are open: ${advice}`,
      );
    }
  });
}

/** Too many files are open, in this process or in the whole system. */
const isOutOfFiles = (error: unknown): boolean => codeOf(error) === 'EMFILE' || codeOf(error) === 'ENFILE';
