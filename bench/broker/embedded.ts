// The embedded broker in a process and with a folder of its own, for as long as a benchmark needs it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export type Embedded = {
  readonly port: number;
  readonly pid: number;
  /** From the start of the process until it takes connections. */
  readonly startMs: number;
  readonly dataDir: string;
  /** Shuts it down and removes its folder. */
  stop(): Promise<void>;
};

/** The broker's program of this benchmark in the version that is built in `folder`. */
export const serverOf = (folder: string) => resolve(folder, 'dist', 'bench', 'broker', 'server.js');

/** @param options of server.js, behind its folder */
export async function startEmbedded(
  options: readonly string[] = [],
  server = join(import.meta.dirname, 'server.js'),
): Promise<Embedded> {
  const dataDir = mkdtempSync(join(tmpdir(), 'broker-bench-'));
  const startedAt = performance.now();
  const args = [server, dataDir, ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const startMs = performance.now() - startedAt;
  const stop = async () => {
    const exit = once(child, 'exit');
    child.kill();
    await exit;
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { port: Number(line), pid: child.pid ?? 0, startMs, dataDir, stop };
}
