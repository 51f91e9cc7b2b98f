// The whole program in a folder of its own, for benchmarks: started as a user would start it, removed afterwards.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRoot } from '../src/runtime/paths.ts';
import { freePort } from '../test/support/ports.ts';

export type Program = {
  readonly url: string;
  readonly pid: number;
  /** Settings that commands need to find its database. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
};

/** A new data folder, removed by `remove`. */
export function dataFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-bench-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Starts all parts, or the named ones; resolves once the front page answers.
 * @param settings override a benchmark's usual ones; an empty value gives the program's default
 * @param folder where the built program is: another version of it may be measured
 */
export async function startProgram(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
  parts: readonly string[] = [],
  folder = packageRoot,
): Promise<Program> {
  const [web, kafka, postgres] = [await freePort(), await freePort(), await freePort()];
  const main = path.join(folder, 'dist', 'src', 'main.js');
  const env = {
    ...process.env,
    PORT: String(web),
    KAFKA_PORT: String(kafka),
    POSTGRES_PORT: String(postgres),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    RATE_LIMIT: 'off',
    SIMULATOR: 'off',
    ...settings,
  };
  const child = spawn(process.execPath, [main, 'start', ...parts], { stdio: 'ignore', env });
  const url = `http://127.0.0.1:${env.PORT}`;
  await answers(`${url}/`, child);
  return { url, pid: child.pid ?? 0, env, stop: () => stop(child) };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`the program ended with ${child.exitCode}`);
}

/** Waits until Kafka and Postgres are there too. */
export async function isReady(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await exited;
}
