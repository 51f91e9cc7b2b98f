// Progress through the files. DuckDB reports none within a file; on Linux it is estimated by the bytes that the process has read.

import { readFileSync } from 'node:fs';
import type { Input } from './inputs.ts';

export type ReadProgress = {
  /** Of the files, compressed or not; an estimate within a file. */
  readonly bytes: number;
  readonly allBytes: number;
  /** Events, an estimate within a file. */
  readonly events: number;
};

const LOOKED_EVERY_MS = 250;

/**
 * Calls `onRead` at intervals until `end()`.
 * @returns `add`, to be called with the bytes and events of each file that was read to its end
 */
export function followReading(
  inputs: readonly Input[],
  onRead: (progress: ReadProgress) => void = () => {},
): { add(bytes: number, events: number): void; end(): void } {
  const allBytes = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  const begin = bytesRead();
  let doneBytes = 0;
  let doneEvents = 0;
  const tell = () => {
    const bytes = Math.min(Math.max(bytesRead() - begin, doneBytes), allBytes);
    const events = doneBytes === 0 ? 0 : Math.round((doneEvents * bytes) / doneBytes);
    onRead({ bytes, allBytes, events });
  };
  const timer = setInterval(tell, LOOKED_EVERY_MS);
  return {
    add: (bytes, events) => {
      doneBytes += bytes;
      doneEvents += events;
    },
    end: () => clearInterval(timer),
  };
}

/** Bytes that this process has read since its start; 0 where the system doesn't count them. */
function bytesRead(): number {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
