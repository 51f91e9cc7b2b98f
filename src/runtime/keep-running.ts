// Restarts work that fails, with growing pauses, until it is stopped.

import { Backoff } from './backoff.ts';

export type Started = { stop(): Promise<void> };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Keeps something running. What ran for as long as the longest pause begins with the first pause again.
 * @param start begins it; `crash` ends this run of it with an error
 * @param onFailed called with why it did not start, or does not run any more
 * @returns once `signal` is aborted and the last run has stopped
 */
export async function keepRunning(
  start: (crash: (error: Error) => void) => Promise<Started>,
  signal: AbortSignal,
  onFailed: (error: unknown) => void,
): Promise<void> {
  const backoff = new Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
  while (!signal.aborted) {
    const began = performance.now();
    try {
      await runOnce(start, signal);
    } catch (error) {
      onFailed(error);
      if (performance.now() - began > LONGEST_PAUSE_MS) backoff.reset();
      await backoff.wait(signal);
    }
  }
}

async function runOnce(
  start: (crash: (error: Error) => void) => Promise<Started>,
  signal: AbortSignal,
): Promise<void> {
  let crash: (error: Error) => void = () => {};
  const crashed = new Promise<never>((_resolve, reject) => {
    crash = reject;
  });
  crashed.catch(() => {});
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = () => resolve();
  });
  signal.addEventListener('abort', stop);
  try {
    const starting = start(crash);
    const started = await Promise.race([starting, stopped]);
    if (started === undefined) {
      // Told to stop while it still started: that may take as long as its servers are away.
      starting.then((late) => late.stop()).catch(() => {});
      return;
    }
    try {
      if (!signal.aborted) await Promise.race([stopped, crashed]);
    } finally {
      await started.stop();
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
