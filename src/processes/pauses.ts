// Parts that are paused: SIGSTOP, and SIGCONT after some seconds, whatever becomes of this process meanwhile.

import { spawn } from 'node:child_process';
import { treeOf } from './process-tree.ts';

type Paused = { readonly pids: readonly number[]; readonly until: number; readonly timer: NodeJS.Timeout };

export class Pauses {
  /** By the pid of a part. */
  readonly #paused = new Map<number, Paused>();

  /** Milliseconds since the epoch at which it goes on; undefined where it is not paused. */
  until(pid: number | undefined): number | undefined {
    return pid === undefined ? undefined : this.#paused.get(pid)?.until;
  }

  /** Stops a process and all that it has started. */
  pause(pid: number, seconds: number): void {
    // The parent first, so that it starts no further process.
    const pids = treeOf(pid);
    for (const one of pids) signal(one, 'SIGSTOP');
    wakeLater(pids, seconds);
    const timer = setTimeout(() => this.resume(pid), seconds * 1000);
    this.#paused.set(pid, { pids, until: Date.now() + seconds * 1000, timer });
  }

  resume(pid: number): void {
    const paused = this.#paused.get(pid);
    if (paused === undefined) return;
    clearTimeout(paused.timer);
    this.#paused.delete(pid);
    for (const one of paused.pids) signal(one, 'SIGCONT');
  }

  /** Lets all go on. */
  close(): void {
    for (const pid of [...this.#paused.keys()]) this.resume(pid);
  }
}

/** Sends SIGCONT from a process of its own: no part stays stopped where this program is killed meanwhile. */
function wakeLater(pids: readonly number[], seconds: number): void {
  const script = 'sleep "$0"; kill -CONT "$@" 2>/dev/null';
  spawn('sh', ['-c', script, String(seconds + 1), ...pids.map(String)], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  })
    .on('error', () => {})
    .unref();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
