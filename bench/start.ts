// npm run bench:start — the time from the start of the installed program to its first page, cold (no data folder) and again,
// and the idle memory of all its processes as PSS, in which shared pages count once.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder, isReady, startProgram } from './program.ts';
import { median } from './statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const IDLE_SECONDS = 20;

type Usage = { readonly name: string; readonly pss: number };

/** Every process below `pid`, with its proportional memory in MB. */
function memory(pid: number): Usage[] {
  const children = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const family = [pid];
  for (const parent of family) {
    family.push(...children.filter(([, ppid]) => ppid === parent).map(([child]) => child ?? 0));
  }
  return family.map((one) => ({ name: nameOf(one), pss: pssOf(one) }));
}

function nameOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  if (!words[0]?.includes('node')) return 'postgres';
  return words.includes('run-part') ? (words[words.indexOf('run-part') + 1] ?? '') : 'start';
}

function pssOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
}

const cold: number[] = [];
const warm: number[] = [];
let idle: Usage[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const data = dataFolder();
  for (const times of [cold, warm]) {
    const began = performance.now();
    const program = await startProgram(path.join(data.folder, 'data'));
    times.push((performance.now() - began) / 1000);
    await isReady(program.url);
    if (round === ROUNDS - 1 && times === warm) {
      await sleep(IDLE_SECONDS * 1000);
      idle = memory(program.pid);
    }
    await program.stop();
  }
  data.remove();
}
const seconds = (times: readonly number[]) =>
  `${median(times).toFixed(2)} s  (${times.map((t) => t.toFixed(2)).join(', ')})`;
console.log(`to the first page, cold    ${seconds(cold)}`);
console.log(`to the first page, again   ${seconds(warm)}`);
const names = [...new Set(idle.map(({ name }) => name))];
const of = (name: string) => idle.filter((one) => one.name === name).reduce((sum, { pss }) => sum + pss, 0);
for (const name of names)
  console.log(`idle memory, ${name.padEnd(10)} ${of(name).toFixed(0).padStart(6)} MB`);
console.log(
  `idle memory, all        ${idle
    .reduce((sum, { pss }) => sum + pss, 0)
    .toFixed(0)
    .padStart(6)} MB`,
);
process.exit(0);
