// CPU and memory of a sink, from /proc (proc(5)): Linux only.

import { readFileSync } from 'node:fs';
import { cpuOfFamily } from '../cpu.ts';

/** CPU seconds, user and system: the sink's, and those of all of Postgres's processes, ended ones included. */
export type Cpu = { readonly sink: number; readonly postgres: number };

/** CPU used so far, in seconds. */
export const cpuNow = (sink: readonly number[], postgres: number): Cpu => ({
  sink: sum(sink.map(cpuOfFamily)),
  postgres: cpuOfFamily(postgres),
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

const megabytes = (file: string, name: string) =>
  (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1]) * 1024) / 1e6;

/** Sum of the processes' peak resident sizes (VmHWM) in MB. */
export const peakResident = (pids: readonly number[]): number =>
  sum(pids.map((pid) => megabytes(`/proc/${pid}/status`, 'VmHWM')));

/** Sum of the processes' PSS in MB: a shared page is divided among its processes. */
export const proportionalNow = (pids: readonly number[]): number =>
  sum(pids.map((pid) => megabytes(`/proc/${pid}/smaps_rollup`, 'Pss')));

/** Process id of the parent. */
export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.split(') ').at(-1)?.split(' ')[1]);
}
