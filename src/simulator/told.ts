// What the commands of the simulator share: exit codes, and errors that a user can mend as one line.

import type { Config } from '../config.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { createLog, type Logger } from '../runtime/log.ts';

export const DONE = 0;
export const NOT_ALL = 1;
const WRONG_VALUE = 2;

export const logOf = ({ LOG_LEVEL }: Config): Logger =>
  createLog('simulator', LOG_LEVEL === 'info' ? 'warn' : LOG_LEVEL);

/** Turns an error that a user can mend into one line and exit code 1. */
export async function told(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`simulate: ${error.message}`);
    return NOT_ALL;
  }
}

/** Works with the options that `read` returns; one that can't be used is one line and exit code 2. */
export async function withOptions<T>(read: () => T, work: (options: T) => Promise<number>): Promise<number> {
  let options: T;
  try {
    options = read();
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`simulate: ${error.message}`);
    return WRONG_VALUE;
  }
  return told(() => work(options));
}
