// The command line as a user gives it, to its end: what is printed and the exit code. In this process where the command is what a test
// is about, as starting one costs half a second of a core; in a process of its own where exits, signals and what is left running are.

import { spawn } from 'node:child_process';
import { Console } from 'node:console';
import path from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { runCommandLine } from '../../src/command-line.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { expectNoLeak } from './answers.ts';

export const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
};

let running: Promise<unknown> = Promise.resolve();

/**
 * Runs a command in this process, one at a time. For commands that end what they begin: nothing else does.
 * @param env settings; those of this process don't reach it
 */
export function runHere(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const ended = running.then(() => runNow(args, env));
  running = ended.catch(() => {});
  return ended;
}

async function runNow(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const began = Date.now();
  const { env: ownEnv, exitCode, stdout, stderr } = process;
  const writers = { stdout: stdout.write, stderr: stderr.write };
  const ownConsole = globalThis.console;
  const [out, errors] = [new Captured(), new Captured()];
  process.env = { PATH: ownEnv.PATH ?? '', TZ: 'UTC', ...env };
  process.exitCode = undefined;
  stdout.write = out.write.bind(out);
  stderr.write = errors.write.bind(errors);
  globalThis.console = new Console(out, errors);
  try {
    const code = await runCommandLine([process.execPath, MAIN, ...args]);
    return { code, stdout: out.text, stderr: errors.text, seconds: (Date.now() - began) / 1000 };
  } finally {
    globalThis.console = ownConsole;
    stdout.write = writers.stdout;
    stderr.write = writers.stderr;
    process.exitCode = exitCode;
    process.env = ownEnv;
  }
}

/** Keeps what is written to it. */
class Captured extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}

/**
 * Runs the program in a process of its own until it ends by itself.
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
