// The program's processes, as the system knows them.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { MAIN } from '../support/command.ts';

/** Processes whose environment or command line names this folder. */
export function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const texts = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
        return texts.some((text) => text.includes(dataDir));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The program's processes that run this part. */
export function childrenOf(dataDir: string, part: string): number[] {
  return processesOf(dataDir).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`run-part\0${part}`),
  );
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
