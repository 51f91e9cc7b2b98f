// npm run proof:memory — sessions of files larger than the memory limit: ROWS clicks (default 100,000,000) of returning visitors
// within MEMORY (default 2GB). The process stays below 1.25 times the limit, removes its spill folder at the end, and the next
// run removes that of a killed one. SPILL names the folder for all of it (17 GB); exit code 1 where a check fails.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../src/runtime/paths.ts';
import { parseMemory } from '../src/sessions/batch/memory.ts';
import { writeClicks } from '../src/sessions/clicks/write.ts';

const ROWS = Number(process.env.ROWS ?? 100_000_000);
const MEMORY = process.env.MEMORY ?? '2GB';
const MOST_OF_LIMIT = 1.25;
const PARTS = 10;
const LOOK_MS = 100;
const MAIN = path.join(packageRoot, 'dist', 'src', 'main.js');

const folder = mkdtempSync(path.join(process.env.SPILL ?? tmpdir(), 'shopstream-memory-'));
const spill = path.join(folder, 'spill');
const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(2)} GB`;

/** Peak memory of a process in bytes; 0 once it has ended. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return 0;
  }
}

function start(files: readonly string[]): ChildProcess {
  const args = [MAIN, 'sessions', ...files, '--memory', MEMORY, '--spill', spill];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function toTheEnd(files: readonly string[]): Promise<boolean> {
  const began = performance.now();
  const child = start(files);
  const ended = once(child, 'exit');
  let peak = 0;
  while (child.exitCode === null && child.signalCode === null) {
    peak = Math.max(peak, peakOf(child.pid));
    await Promise.race([sleep(LOOK_MS), ended]);
  }
  const limit = parseMemory(MEMORY);
  const left = readdirSync(spill);
  console.log(
    `${ROWS.toLocaleString('en')} clicks in ${((performance.now() - began) / 1000).toFixed(0)} s: at most ${gigabytes(peak)}, ` +
      `${(peak / limit).toFixed(2)} times ${MEMORY} (wanted: at most ${MOST_OF_LIMIT}); exit code ${child.exitCode}; left in the spill folder: ${left.length}`,
  );
  return child.exitCode === 0 && peak <= limit * MOST_OF_LIMIT && left.length === 0;
}

async function killed(files: readonly string[]): Promise<boolean> {
  const child = start(files);
  const ended = once(child, 'exit');
  while (readdirSync(spill).length === 0) await sleep(LOOK_MS);
  await sleep(3_000);
  child.kill('SIGKILL');
  await ended;
  const left = readdirSync(spill).length;
  const again = start(files.slice(0, 1));
  await once(again, 'exit');
  const after = readdirSync(spill).length;
  console.log(`killed: ${left} folder left, ${after} after the next run`);
  return left > 0 && after === 0;
}

let isProved = false;
try {
  mkdirSync(spill);
  const files = await writeClicks({
    profile: 'returning',
    seed: 1,
    rows: ROWS,
    parts: PARTS,
    folder: path.join(folder, 'clicks'),
  });
  isProved = (await toTheEnd(files)) && (await killed(files));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(isProved ? 0 : 1);
