// Progress through the files. DuckDB reports none within a file; on Linux it is estimated from the bytes that the process has read:
// finished files give the ratio of those to the size of a file.

import { readFileSync } from 'node:fs';
import type { Input } from './inputs.ts';

export type ReadProgress = {
  /** Of the files, compressed or not; an estimate within a file. */
  readonly bytes: number;
  readonly allBytes: number;
  /** Events, an estimate within a file. */
  readonly events: number;
};

const REPORT_EVERY_MS = 250;

/**
 * Calls `onRead` at intervals until `end()`.
 * @param bytesRead bytes that the process has read since its start, those that it had spilled to disk included
 * @returns `begin` and `add`, to be called when a file is begun, and when it was read to its end
 */
export function followReading(
  inputs: readonly Input[],
  onRead: (progress: ReadProgress) => void = () => {},
  bytesRead: () => number = readByThisProcess,
): { begin(bytes: number): void; add(bytes: number, events: number): void; end(): void } {
  const allBytes = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  const began = bytesRead();
  let lastEnd = began;
  let inHand = 0;
  let doneBytes = 0;
  let doneEvents = 0;
  let reported = 0;
  const report = () => {
    const readForAByte = doneBytes === 0 ? 1 : Math.max(1, (lastEnd - began) / doneBytes);
    const within = Math.min((bytesRead() - lastEnd) / readForAByte, inHand);
    reported = Math.max(reported, Math.round(doneBytes + within));
    const events = doneBytes === 0 ? 0 : Math.round((doneEvents * reported) / doneBytes);
    onRead({ bytes: reported, allBytes, events });
  };
  const timer = setInterval(report, REPORT_EVERY_MS);
  return {
    begin: (bytes) => {
      inHand += bytes;
    },
    add: (bytes, events) => {
      inHand -= bytes;
      doneBytes += bytes;
      doneEvents += events;
      lastEnd = bytesRead();
    },
    end: () => clearInterval(timer),
  };
}

/** 0 where the system doesn't count them. */
function readByThisProcess(): number {
  try {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
