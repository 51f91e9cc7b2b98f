// The whole program as a user starts it: `start` with embedded broker and PostgreSQL, on free ports and a folder of its
// own. Everything is stopped after the file's tests.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { afterFile } from './after-file.ts';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');
const START_SECONDS = 180;

export type Program = {
  readonly url: string;
  /** The process that starts and keeps the parts. */
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  /** What it has printed. */
  output(): string;
  /** The database's URL, once it is up. */
  databaseUrl(): string;
  /** As Ctrl-C: the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL for every process of the program, PostgreSQL's included. */
  kill(): Promise<void>;
};

/** The parts that an event passes, for tests that are about no others: each part is a process to start. */
export const LINE = ['postgres', 'broker', 'ingest', 'web'] as const;

/**
 * Settings for a program on free ports.
 * @param folder `made`: its PostgreSQL has run before, and has the sample; `new`: the program makes all of it
 */
export async function programSettings(folder: 'made' | 'new' = 'made'): Promise<Record<string, string>> {
  const [web, kafka, postgres] = [await freePort(), await freePort(), await freePort()];
  const dataDir = path.join(temporaryFolder(), 'data');
  if (folder === 'made') fillDataFolder(dataDir);
  return {
    PORT: String(web),
    KAFKA_PORT: String(kafka),
    POSTGRES_PORT: String(postgres),
    DATA_DIR: dataDir,
    TIME_ZONE: 'UTC',
    LOG_LEVEL: 'warn',
    SIMULATOR: 'off',
  };
}

/** Makes a data folder one whose PostgreSQL has run before. */
export function fillDataFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  execFileSync('cp', ['-a', `${inject('madeDataFolder')}/.`, dataDir]);
}

/** How the program is called, in which folder, and how long it may take. */
export type Invocation = {
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly seconds?: number;
};

/** Starts the program and waits until it says that it is ready. */
export async function startProgram(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  { command: [file, ...before], cwd, seconds = START_SECONDS }: Invocation = {
    command: [process.execPath, MAIN],
  },
): Promise<Program> {
  const child = spawn(file, [...before, 'start', ...args], {
    cwd,
    // A process group of its own, as a terminal would give it.
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  const program = toProgram(child, env, () => printed);
  afterFile(() => program.kill());
  const deadline = Date.now() + seconds * 1000;
  while (!printed.includes('Ready after')) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the program did not start:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return program;
}

function toProgram(
  child: ChildProcess,
  env: Readonly<Record<string, string>>,
  output: () => string,
): Program {
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const folder = path.join(env.DATA_DIR ?? '', 'postgres');
  const program: Program = {
    url: `http://127.0.0.1:${env.PORT}`,
    pid: child.pid ?? 0,
    env,
    output,
    databaseUrl: () => {
      const password = readFileSync(path.join(folder, 'password'), 'utf8').trim();
      return `postgres://shopstream:${password}@127.0.0.1:${env.POSTGRES_PORT}/shopstream`;
    },
    stop: async () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      return exited;
    },
    kill: async () => {
      killQuietly(child.pid === undefined ? undefined : -child.pid);
      const pidFile = path.join(folder, 'cluster', 'postmaster.pid');
      if (existsSync(pidFile)) killQuietly(Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]));
      await exited;
    },
  };
  return program;
}

function killQuietly(pid: number | undefined): void {
  if (pid === undefined || !(Math.abs(pid) > 1)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
