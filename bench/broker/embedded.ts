// The embedded broker in a process and with a folder of its own, for as long as a benchmark needs it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** @param options of server.js, behind its folder */
export async function startEmbedded(options: readonly string[] = []): Promise<Embedded> {
  const dataDir = mkdtempSync(join(tmpdir(), 'broker-bench-'));
  const startedAt = performance.now();
  const args = [join(import.meta.dirname, 'server.js'), dataDir, ...options];
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
