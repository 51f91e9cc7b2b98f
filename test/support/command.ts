// The command line as a user gives it, to its end: what is printed and the exit code.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { expectNoLeak } from './answers.ts';

export const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
};

/**
 * Runs the program until it ends by itself.
 * @param env settings; those of this process don't reach it
 * @param seconds after which it is killed and the test fails
 */
export async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  seconds = 120,
): Promise<Ended> {
  const began = Date.now();
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      printed[stream] += chunk;
    });
  }
  const late = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(late);
  return { code, ...printed, seconds: (Date.now() - began) / 1000 };
}

/** Fails unless the program ended with this code and one line that says `words`. */
export function expectOneLine(ended: Ended, code: number, ...words: string[]): void {
  expect(ended).toMatchObject({ code, stderr: expect.stringMatching(/^[^\n]+\n$/) });
  for (const word of words) expect(ended.stderr).toContain(word);
  expectNoLeak(ended.stdout + ended.stderr);
}
