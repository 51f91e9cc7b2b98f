// Exit codes of the commands of sessions.

import { ExpectationError } from '../runtime/expectation-error.ts';

export const DONE = 0;
export const NOT_ALL = 1;

/** Runs `work`. @returns its exit code; 1 after an ExpectationError, which is one line on standard error @throws any other error */
export async function exitCodeOf(command: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExpectationError)) throw error;
    console.error(`${command}: ${error.message}`);
    return NOT_ALL;
  }
}
