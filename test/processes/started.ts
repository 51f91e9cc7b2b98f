// The program's processes, as the system knows them.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { MAIN } from '../support/command.ts';

/** What the system tells of a process; nothing of one that has ended meanwhile. */
function told(pid: number, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

/** Processes whose environment or command line names this folder. */
export function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => told(pid, 'cmdline').includes(dataDir) || told(pid, 'environ').includes(dataDir));
}

/** The program's processes that run this part. */
export function childrenOf(dataDir: string, part: string): number[] {
  return processesOf(dataDir).filter((pid) => told(pid, 'cmdline').includes(`run-part\0${part}`));
}

/** Starts the program without waiting for it. */
export function launch(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'start', ...args], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(() => {
    for (const pid of processesOf(env.DATA_DIR ?? '-')) process.kill(pid, 'SIGKILL');
  });
  return {
    child,
    printed: () => printed,
    /** As the terminal does it, to the whole group; the exit code and the seconds that it took. */
    end: async (signal: NodeJS.Signals) => {
      const began = Date.now();
      process.kill(-(child.pid ?? 0), signal);
      return { code: await ended, seconds: (Date.now() - began) / 1000 };
    },
  };
}
