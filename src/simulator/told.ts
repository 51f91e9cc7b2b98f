// What the commands of the simulator share: exit codes, and errors that a user can mend as one line.

import type { Config } from '../config.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { createLog, type Logger } from '../runtime/log.ts';

export const DONE = 0;
export const NOT_ALL = 1;
const WRONG_VALUE = 2;

export const logOf = ({ LOG_LEVEL }: Config): Logger =>
  createLog('simulator', LOG_LEVEL === 'info' ? 'warn' : LOG_LEVEL);

/**
 * Works with the options that `read` returns. An error that a user can mend is one line, and exit code 2 where it is an option's, 1 where it
 * comes of the work.
 */
export async function withOptions<T>(read: () => T, work: (options: T) => Promise<number>): Promise<number> {
  let code = WRONG_VALUE;
  try {
    const options = read();
    code = NOT_ALL;
    return await work(options);
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`simulate: ${error.message}`);
    return code;
  }
}

/** The same for work without options. */
export const told = (work: () => Promise<number>): Promise<number> => withOptions(() => undefined, work);
