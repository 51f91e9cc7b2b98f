import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { stopLeftover } from '../../../src/db/embedded/leftover.ts';
import { placeIn } from '../../../src/db/embedded/place.ts';
import { testLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { pidFileOf } from '../clusters.ts';

it.each(['', 'nonsense\n', '1\n', '-1\n', '999999999\n', '0\n/tmp\n'])(
  'a pid file that names no server of the cluster is no obstacle: %j',
  async (text) => {
    const folder = temporaryFolder();
    mkdirSync(placeIn(folder).cluster, { recursive: true });
    writeFileSync(pidFileOf(folder), text);
    await stopLeftover(placeIn(folder), testLog);
  },
);

it('a process that has the pid of a server by now is left alone, and the pid file goes', async () => {
  const folder = temporaryFolder();
  mkdirSync(placeIn(folder).cluster, { recursive: true });
  const bystander = spawn('sleep', ['60']);
  onTestFinished(() => void bystander.kill());
  writeFileSync(pidFileOf(folder), `${bystander.pid}\n`);
  await stopLeftover(placeIn(folder), testLog);
  expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  expect(existsSync(pidFileOf(folder))).toBe(false);
});

it('a process that was started with the folder is stopped, as a server that a killed program has left', async () => {
  const folder = temporaryFolder();
  const { cluster } = placeIn(folder);
  mkdirSync(cluster, { recursive: true });
  // As a server does, it ends at SIGINT alone.
  const script = `process.on('SIGTERM', () => {}); process.on('SIGINT', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')`;
  const server = spawn(process.execPath, ['-e', script, cluster], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  await new Promise((resolve) => server.stdout.once('data', resolve));
  const ended = new Promise((resolve) => server.once('exit', resolve));
  writeFileSync(pidFileOf(folder), `${server.pid}\n`);
  await stopLeftover(placeIn(folder), testLog);
  expect(await ended).toBe(7);
});

it('nothing is done where there is no pid file', async () => {
  const folder = temporaryFolder();
  await stopLeftover(placeIn(folder), testLog);
  expect(existsSync(placeIn(folder).folder)).toBe(false);
});
