import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Pauses } from '../../src/processes/pauses.ts';
import { treeOf } from '../../src/processes/process-tree.ts';
import { eventually } from '../support/eventually.ts';

/** The state of a process (proc(5)): S sleeps, T is stopped. */
const stateOf = (pid: number): string | undefined =>
  /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

/** A shell with a child of its own, both waiting. */
async function family(): Promise<{ pid: number; child: number; shell: ChildProcess }> {
  const shell = spawn('sh', ['-c', 'sleep 600 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pid = shell.pid ?? 0;
  onTestFinished(() => {
    for (const one of treeOf(pid).toReversed()) process.kill(one, 'SIGKILL');
  });
  const [line] = await once(shell.stdout, 'data');
  return { pid, child: Number(String(line)), shell };
}

function pausesOf() {
  const pauses = new Pauses();
  onTestFinished(() => pauses.close());
  return pauses;
}

it.skipIf(process.platform !== 'linux')(
  'a part stands still with all that it has started, until it is resumed',
  async () => {
    const { pid, child } = await family();
    const pauses = pausesOf();
    const before = Date.now();
    pauses.pause(pid, 60);
    await eventually(() => stateOf(pid) === 'T' && stateOf(child) === 'T');
    expect(pauses.until(pid)).toBeGreaterThanOrEqual(before + 60_000);
    pauses.resume(pid);
    pauses.resume(pid);
    await eventually(() => stateOf(pid) === 'S' && stateOf(child) === 'S');
    expect(pauses.until(pid)).toBeUndefined();
  },
);

it.skipIf(process.platform !== 'linux')(
  'a part goes on by itself, and all go on where the pauses are closed',
  async () => {
    const [one, other] = [await family(), await family()];
    const pauses = pausesOf();
    pauses.pause(one.pid, 0.2);
    pauses.pause(other.pid, 60);
    await eventually(() => pauses.until(one.pid) === undefined && stateOf(one.pid) === 'S');
    expect(stateOf(other.pid)).toBe('T');
    pauses.close();
    await eventually(() => stateOf(other.pid) === 'S');
  },
);

it('a process that has ended is paused and resumed without an error, and nobody is not paused', async () => {
  const ended = spawn('true');
  await once(ended, 'exit');
  const pauses = pausesOf();
  pauses.pause(ended.pid ?? 0, 60);
  pauses.resume(ended.pid ?? 0);
  expect(pauses.until(undefined)).toBeUndefined();
});
