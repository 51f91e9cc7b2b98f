// What a test file started or made goes away after it, the last thing first. A worker runs one file after another in one
// process and loads each module once, so a module's own hook would serve the first file alone: setup.ts calls these for each.

const cleanups: (() => unknown)[] = [];
let failed = false;

/** Has this done after the tests of the running file, and before what was given earlier. */
export function afterFile(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Whether a test of the running file has failed. */
export const hasFailed = (): boolean => failed;

export function noteFailure(): void {
  failed = true;
}

/** Does what was given, also where some of it fails; rejects with what failed. */
export async function cleanUp(): Promise<void> {
  const errors: unknown[] = [];
  for (let next = cleanups.pop(); next !== undefined; next = cleanups.pop()) {
    try {
      await next();
    } catch (error) {
      errors.push(error);
    }
  }
  failed = false;
  if (errors.length > 0) throw new AggregateError(errors, `could not clean up: ${errors.join('; ')}`);
}
