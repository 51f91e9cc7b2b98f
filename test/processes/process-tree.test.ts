import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { memoryOf, treeOf } from '../../src/processes/process-tree.ts';
import { afterFile } from '../support/after-file.ts';

/** A shell with a child of its own, both waiting, and their pids. */
async function family(): Promise<{ shell: ChildProcess; child: number }> {
  const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  afterFile(() => {
    for (const pid of treeOf(shell.pid ?? 0).toReversed()) process.kill(pid, 'SIGKILL');
  });
  const [line] = await once(shell.stdout, 'data');
  return { shell, child: Number(String(line)) };
}

it('a tree is a process and all below it, itself first', async () => {
  const { shell, child } = await family();
  const pid = shell.pid ?? 0;
  expect(treeOf(pid)).toEqual([pid, child]);
  expect(treeOf(process.pid)).toEqual(expect.arrayContaining([process.pid, pid, child]));
});

it('a process that has ended is a tree by itself, and holds no memory that could be told', async () => {
  const ended = spawn('true');
  await once(ended, 'exit');
  const pid = ended.pid ?? 0;
  expect(treeOf(pid)).toEqual([pid]);
  expect(memoryOf([pid])).toBeNull();
  expect(memoryOf([])).toBeNull();
});

it.skipIf(process.platform !== 'linux')('memory is near what the process knows of itself', () => {
  const own = memoryOf([process.pid]) ?? 0;
  expect(own / process.memoryUsage.rss()).toBeGreaterThan(0.5);
  expect(own / process.memoryUsage.rss()).toBeLessThan(2);
});
