// Exit codes and log of the simulator's commands. An error that a user can mend is one line on standard error.

import type { Config } from '../config.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { createLog, type Logger } from '../runtime/log.ts';

export const DONE = 0;
export const NOT_ALL = 1;
const WRONG_VALUE = 2;

export const logOf = ({ LOG_LEVEL }: Config): Logger =>
  createLog('simulator', LOG_LEVEL === 'info' ? 'warn' : LOG_LEVEL);

/**
 * Runs `work` with the options that `read` returns.
 * @returns its exit code; after an ExpectationError 2 where `read` threw it, 1 where `work` did
 * @throws any other error
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

/** As withOptions(), for work without options. */
export const exitCodeOf = (work: () => Promise<number>): Promise<number> =>
  withOptions(() => undefined, work);
