// Standard output as the target of a file.

import { createWriteStream, fstatSync, ftruncateSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

const STDOUT = 1;
/** "\n> name@version script\n> command\n\n", which npm writes before a script's own output. */
const BANNER = /^\n> \S+@\S+ \S+\n> [^\n]+\n\n$/;
const LONGEST_BANNER = 4_096;

/**
 * Standard output. In `npm run … > file` npm has written its banner into the file already: it is taken back, so that the
 * file holds nothing but what the script says.
 */
export function standardOutput(): Writable {
  return beginsWithBanner() ? withoutBanner() : process.stdout;
}

function withoutBanner(): Writable {
  ftruncateSync(STDOUT, 0);
  return createWriteStream('', { fd: STDOUT, start: 0, autoClose: false });
}

function beginsWithBanner(): boolean {
  const stats = fstatSync(STDOUT);
  if (!stats.isFile() || stats.size === 0 || stats.size > LONGEST_BANNER) return false;
  try {
    return BANNER.test(readFileSync('/dev/stdout', 'utf8'));
  } catch {
    // A system on which a file that is open for writing can't be read again.
    return false;
  }
}
