// A measured sink: processes that write the topic into a table.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const STOP_MS = 20_000;

export type SinkSetting = {
  readonly kafkaPort: number;
  readonly databaseUrl: string;
  /** A consumer group that has read nothing yet. */
  readonly group: string;
};

export type Sink = {
  readonly pids: readonly number[];
  /** @throws {Error} with the end of its output, where it has failed */
  check(): void;
  stop(): Promise<void>;
};

export const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Ends a child by SIGTERM, and by SIGKILL where it doesn't exit. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(late);
}
