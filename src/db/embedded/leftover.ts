// The server that a killed program left running, or the pid file of one that was killed itself.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../runtime/log.ts';
import { isAlive } from '../../runtime/process-lock.ts';
import type { Place } from './place.ts';

const STOP_SECONDS = 8;

/** Stops the server of a program that was killed. The caller holds the folder's lock, so no living program owns that server. */
export async function stopLeftover({ cluster }: Place, log: Logger): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number((await readFile(pidFile, 'utf8')).split('\n', 1)[0]);
  if (!isAlive(pid)) return;
  if (!serves(pid, cluster)) {
    // Another process has this pid now; PostgreSQL would take it for a server of this cluster.
    await rm(pidFile, { force: true });
    return;
  }
  log.info({ pid }, 'stopping the PostgreSQL that a killed run left behind');
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + STOP_SECONDS * 1000;
  while (isAlive(pid) && serves(pid, cluster)) {
    if (performance.now() > deadline) process.kill(pid, 'SIGQUIT');
    await sleep(25);
  }
}

/** Whether a process is a PostgreSQL of this cluster: started with its folder, or working in it. */
function serves(pid: number, cluster: string): boolean {
  if (!existsSync('/proc')) return commandOf(pid).includes(cluster);
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    // A zombie has no command line.
    return command.includes(cluster) || readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
