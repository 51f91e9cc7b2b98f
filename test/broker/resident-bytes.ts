// How much memory a process of this machine holds, as the system sees it.

import { readFileSync } from 'node:fs';

/** Resident bytes of the process; Linux only, as /proc is. */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
