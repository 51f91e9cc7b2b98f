// What a sink costs, from /proc (proc(5)): Linux only.

import { readFileSync } from 'node:fs';
import { cpuOfFamily } from '../cpu.ts';

/** CPU, user and system: the sink's own, and Postgres's with all of its processes, ended ones included. */
export type Cpu = { readonly sink: number; readonly postgres: number };

/** In seconds. */
export const cpuNow = (sink: readonly number[], postgres: number): Cpu => ({
  sink: sum(sink.map(cpuOfFamily)),
  postgres: cpuOfFamily(postgres),
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

const megabytes = (file: string, name: string) =>
  (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1]) * 1024) / 1e6;

/** The most that each process was ever resident with, in MB, as the kernel keeps it; their sum. */
export const peakResident = (pids: readonly number[]): number =>
  sum(pids.map((pid) => megabytes(`/proc/${pid}/status`, 'VmHWM')));

/** Their proportional share of memory now, in MB: a page that several processes have is divided among them. */
export const proportionalNow = (pids: readonly number[]): number =>
  sum(pids.map((pid) => megabytes(`/proc/${pid}/smaps_rollup`, 'Pss')));

/** Process id of the parent. */
export function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.split(') ').at(-1)?.split(' ')[1]);
}
