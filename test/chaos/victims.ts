// The processes of a running program, by the part they run.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const VICTIMS = ['web', 'ingest', 'broker', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

/** SIGKILL, or another signal; false where the part is not there at this moment, as it is being started again. */
export function killPart(
  part: Victim,
  supervisor: number,
  dataDir: string,
  signal: NodeJS.Signals = 'SIGKILL',
): boolean {
  const pid = part === 'postgres' ? postmaster(dataDir) : childRunning(part, supervisor);
  if (pid === undefined) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

function postmaster(dataDir: string): number | undefined {
  const file = path.join(dataDir, 'postgres', 'cluster', 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  return pid > 1 ? pid : undefined;
}

function childRunning(part: Victim, supervisor: number): number | undefined {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const line = lines.find((text) => {
    const [, parent, ...words] = text.trim().split(/\s+/);
    return Number(parent) === supervisor && words.slice(-2).join(' ') === `run-part ${part}`;
  });
  return line === undefined ? undefined : Number(line.trim().split(/\s+/)[0]);
}
