// The server that a killed program left running, or the pid file of one that was killed itself.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../log.ts';
import type { Place } from './cluster.ts';

const STOP_SECONDS = 8;

/** Stops the server of a program that was killed. The lock says that no living program owns it. */
export async function stopLeftover(place: Place, log: Logger): Promise<void> {
  const pidFile = path.join(place.cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number((await readFile(pidFile, 'utf8')).split('\n', 1)[0]);
  if (!(await isPostgres(pid))) return;
  log.info({ pid }, 'stopping the PostgreSQL that a killed run left behind');
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_SECONDS * 1000;
  while (await isPostgres(pid)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGQUIT');
    await sleep(25);
  }
}

/** A pid may have been given to another program since. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!(pid > 1)) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  if (status === undefined) return process.platform !== 'linux';
  return /^Name:\s+postgres$/m.test(status) && !/^State:\s+Z/m.test(status);
}
