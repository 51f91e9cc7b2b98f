// A disk of its own that can be filled: a tmpfs, which takes the right to mount one.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

export type SmallDisk = {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Gives back what fill() took. */
  empty(): void;
};

/**
 * Mounts a disk until the test is over; undefined, and said loudly, where that is not allowed here.
 * @param folder where; made where it is missing
 */
export function smallDisk(megabytes: number, folder = temporaryFolder()): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    console.warn('SKIPPED: a full disk needs the right to mount a tmpfs');
    return undefined;
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  const filler = path.join(folder, '.filler');
  return {
    folder,
    fill: () => {
      const fd = openSync(filler, 'a');
      try {
        for (let size = 1024 * 1024; size >= 4096; ) {
          const { bavail, bsize } = statfsSync(folder);
          if (bavail * bsize < size) size /= 2;
          else writeSync(fd, Buffer.alloc(size));
        }
      } catch {
        // Somebody else took the last bytes.
      } finally {
        closeSync(fd);
      }
    },
    empty: () => rmSync(filler, { force: true }),
  };
}
