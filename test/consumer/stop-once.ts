import { onTestFinished } from 'vitest';

/** Stops it at the end of the test, unless the test has called the returned function before. */
export function stopOnce(running: { stop(): Promise<void> }): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= running.stop();
    return stopped;
  };
  onTestFinished(stop);
  return stop;
}
