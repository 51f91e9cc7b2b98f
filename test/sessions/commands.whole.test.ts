// Sessions of files that are killed, or have no room.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { writeClicks } from '../../src/sessions/clicks/write.ts';
import { MAIN, run } from '../support/command.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { clickLine, writeFiles } from './batch/files.ts';

const spills = (folder: string) =>
  readdirSync(folder).filter((name) => name.startsWith('shopstream-sessions-'));

it('what a killed run has spilled is removed by the next one, and that of a living run is not', async () => {
  const spill = temporaryFolder();
  const files = await writeClicks({
    profile: 'returning',
    seed: 1,
    rows: 200_000,
    parts: 2,
    folder: path.join(spill, 'clicks'),
  });
  const child = spawn(process.execPath, [MAIN, 'sessions', ...files, '--spill', spill], { stdio: 'ignore' });
  while (spills(spill).length === 0) await sleep(5);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  const [left = ''] = spills(spill);
  expect(existsSync(path.join(spill, left))).toBe(true);
  const living = path.join(spill, `shopstream-sessions-${process.pid}-living`);
  mkdirSync(living);
  const again = await run(['sessions', ...files, '--spill', spill, '--answer', 'files']);
  expect(again.code).toBe(0);
  expect(spills(spill)).toEqual([path.basename(living)]);
});

it('a full disk is said in a line, and the spilled files are gone', async () => {
  const disk = smallDisk(8);
  if (disk === undefined) return;
  const line = `${clickLine({ event: 'x'.repeat(500) })}\n`;
  const [file = ''] = writeFiles({ 'a.json': `${line.repeat(30_000)}bad\n` });
  disk.fill();
  const ended = await run(['sessions', file, '--spill', disk.folder]);
  // On a busy machine it says before how far it has read.
  expect(ended.code).toBe(1);
  expect(ended.stderr.trimEnd().split('\n').at(-1)).toContain(`the disk of ${disk.folder} is full`);
  expect(spills(disk.folder)).toEqual([]);
});
