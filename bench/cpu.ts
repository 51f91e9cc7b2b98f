// CPU time of processes, from /proc (proc(5)): Linux only.

import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Fields of /proc/PID/stat from the third on, behind the process's name, which may hold any character. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
}

const [PARENT, USER, ENDED_CHILDREN] = [1, 11, 13];
const seconds = (stat: readonly string[] | undefined, field: number) =>
  (Number(stat?.[field] ?? 0) + Number(stat?.[field + 1] ?? 0)) / TICKS_PER_SECOND;

/** Process ids of the running children. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && Number(statOf(other)?.[PARENT]) === pid);
}

/** CPU seconds of a process. */
export const cpuOf = (pid: number): number => seconds(statOf(pid), USER);

/** CPU seconds of a process and its children, ended ones included. */
export function cpuOfFamily(pid: number): number {
  const ended = seconds(statOf(pid), ENDED_CHILDREN);
  return [pid, ...childrenOf(pid)].reduce((sum, one) => sum + cpuOf(one), ended);
}

/** What kind of process of a browser it is, as its command line says. */
export function kindOf(pid: number): string {
  try {
    return /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))?.[1] ?? 'browser';
  } catch {
    return 'ended';
  }
}

/** The child that runs this part of the program. */
export function partOf(pid: number, part: string): number {
  const found = childrenOf(pid).find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'latin1').includes(`run-part\0${part}`),
  );
  if (found === undefined) throw new Error(`no process runs the part ${part}`);
  return found;
}
