// Exit codes of the commands of sessions.

import { ExpectationError } from '../runtime/expectation-error.ts';

export const DONE = 0;
export const NOT_ALL = 1;

/** Turns an error that a user can mend into one line and exit code 1. */
export async function told(command: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`${command}: ${error.message}`);
    return NOT_ALL;
  }
}
