// A part in a process of its own: ready, ended by its parent or by itself, and one that can't start.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Beside, forkPart } from '../../src/processes/child.ts';
import { DetourSigns } from '../../src/processes/faults.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import type { RunningPart } from '../../src/runtime/running-part.ts';
import { afterFile } from '../support/after-file.ts';
import { eventually, startTestBroker } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const beside = (): Beside => ({
  metricsOfOthers: async () => '',
  control: async () => ({ parts: [], faults: [] }),
  signs: new DetourSigns(),
});

/** Starts a broker in a child. */
async function forkBroker(
  settings: Readonly<Record<string, string>> = {},
  signal = new AbortController().signal,
): Promise<RunningPart & { readonly pid: number }> {
  const port = String(await freePort());
  const env = { DATA_DIR: temporaryFolder(), KAFKA_PORT: port, LOG_LEVEL: 'silent', ...settings };
  const part = await forkPart('broker', env, signal, beside());
  afterFile(() => part.close());
  return { ...part, pid: part.pid ?? 0 };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a forked part', { timeout: 120_000 }, () => {
  it('a forked part is a process of its own that tells its metrics, until it is closed', async () => {
    const part = await forkBroker();
    expect(part.pid).not.toBe(process.pid);
    expect(isThere(part.pid)).toBe(true);
    expect(await part.metrics?.()).toBeTypeOf('string');
    await part.close();
    expect(isThere(part.pid)).toBe(false);
    await expect(part.ended).rejects.toThrow('it ended with code 0');
    await part.close();
  });

  it('a forked part that is killed says by which signal', async () => {
    const part = await forkBroker();
    process.kill(part.pid, 'SIGKILL');
    await expect(part.ended).rejects.toThrow('it ended with SIGKILL');
  });

  it('a forked part that can’t start fails with its own words', async () => {
    const { port } = await startTestBroker();
    await expect(forkBroker({ KAFKA_PORT: String(port) })).rejects.toThrow(`${port}`);
    await expect(forkBroker({ KAFKA_PORT: 'none' })).rejects.toThrow('broker ended with');
  });

  it('a forked part that is not waited for any more ends, also where that was so before it began', async () => {
    const env = { DATA_DIR: temporaryFolder(), KAFKA_PORT: String(await freePort()), LOG_LEVEL: 'silent' };
    const later = new AbortController();
    const starting = forkPart('broker', env, later.signal, beside());
    later.abort();
    await expect(starting).rejects.toThrow('broker ended with 0 before it was ready');
    await expect(forkPart('broker', env, AbortSignal.abort(), beside())).rejects.toThrow('aborted');
  });
});

describe('a child', () => {
  /** A process that says when it was asked to stop, and whether its report was taken. */
  async function aChild(): Promise<{ readonly child: ChildProcess; readonly told: unknown[] }> {
    const script = path.join(temporaryFolder(), 'child.mjs');
    const module = pathToFileURL(path.join(packageRoot, 'dist/src/processes/child.js'));
    writeFileSync(
      script,
      `import { askedToStop, report } from '${module.href}';
       const stop = askedToStop();
       await report({ ready: true });
       const alive = setInterval(() => {}, 1_000);
       await stop;
       await report({ failed: 'nobody hears it where the parent is gone' });
       clearInterval(alive);
       process.exitCode = 7;
       if (process.connected) process.disconnect();`,
    );
    const child = fork(script, { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const told: unknown[] = [];
    child.on('message', (message) => told.push(message));
    await eventually(() => told.length === 1);
    return { child, told };
  }
  const exitOf = async (child: ChildProcess) => (await once(child, 'exit'))[0] as number | null;

  it('a child stops on SIGTERM, and reports before it ends', async () => {
    const { child, told } = await aChild();
    const exit = exitOf(child);
    child.kill('SIGTERM');
    expect(await exit).toBe(7);
    expect(told).toEqual([{ ready: true }, { failed: expect.any(String) }]);
  });

  it('a child stops once its parent is gone, and its report is lost without an error', async () => {
    const { child } = await aChild();
    const exit = exitOf(child);
    child.disconnect();
    expect(await exit).toBe(7);
  });

  it('a child leaves Ctrl-C and a closed terminal to its parent', async () => {
    const { child, told } = await aChild();
    const exit = exitOf(child);
    for (const signal of ['SIGINT', 'SIGHUP'] as const) child.kill(signal);
    child.kill('SIGTERM');
    expect(await exit).toBe(7);
    expect(told).toHaveLength(2);
  });
});
