// What the tests themselves leave behind.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/runtime/paths.ts';
import { eventually } from './support/line.ts';

const MODULE = JSON.stringify(path.join(packageRoot, 'test/support/left-behind.mjs'));

/** A run in a folder of its own, with a server that is detached as PostgreSQL is; the pid of that. */
async function startRun(folder: string): Promise<{ readonly run: ChildProcess; readonly server: number }> {
  const script = `
    import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { leaveNothingBehind } from ${MODULE};
    leaveNothingBehind(${JSON.stringify(folder)});
    writeFileSync(tmpdir() + '/data', 'data');
    const server = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    process.stdout.write(server.pid + '\\n');
    setInterval(() => {}, 1_000);`;
  const run = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = await once(run.stdout as NodeJS.ReadableStream, 'data');
  return { run, server: Number(pid) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.runIf(process.platform === 'linux')('a run of the tests', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('leaves no server and no folder behind at %s', async (signal) => {
    const folder = path.join(mkdtempSync(path.join(tmpdir(), 'left-')), 'run');
    mkdirSync(folder);
    const { run, server } = await startRun(folder);
    expect(existsSync(path.join(folder, 'data'))).toBe(true);
    expect(isAlive(server)).toBe(true);
    run.kill(signal);
    expect(await once(run, 'exit')).toEqual([signal === 'SIGINT' ? 130 : 143, null]);
    await eventually(() => !isAlive(server));
    expect(existsSync(folder)).toBe(false);
  });
});
