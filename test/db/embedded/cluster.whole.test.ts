// A cluster that can't be made at once: the program was killed, or the disk is full.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { placeIn } from '../../../src/db/embedded/place.ts';
import { startEmbeddedPostgres } from '../../../src/db/embedded/server.ts';
import { eventually } from '../../support/eventually.ts';
import { testLog } from '../../support/log.ts';
import { freePort } from '../../support/ports.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { start } from '../clusters.ts';

it('a cluster is made anew where the program was killed while it was made', async () => {
  const folder = temporaryFolder();
  const { cluster } = placeIn(folder);
  mkdirSync(`${cluster}.new/base`, { recursive: true });
  writeFileSync(`${cluster}.new/PG_VERSION`, '18\n');
  writeFileSync(placeIn(folder).password, 'of the run that was killed\n');
  const server = await start(folder);
  expect(server.fresh).toBe(true);
  expect(existsSync(`${cluster}.new`)).toBe(false);
});

it('a cluster is made anew while the initdb of the program that was killed still writes', async () => {
  const folder = temporaryFolder();
  const orphan = `${placeIn(folder).cluster}.new`;
  mkdirSync(orphan, { recursive: true });
  const writes = 'while mkdir -p base; do i=$((i + 1)); : > base/$i; cd "$0"; done';
  const initdb = spawn('sh', ['-c', writes, orphan], { cwd: orphan, stdio: 'ignore' });
  const ended = once(initdb, 'exit');
  onTestFinished(() => void initdb.kill('SIGKILL'));
  await eventually(() => existsSync(path.join(orphan, 'base')));
  const server = await start(folder);
  expect(server.fresh).toBe(true);
  initdb.kill('SIGKILL');
  await ended;
  await server.stop();
  expect((await start(folder)).fresh).toBe(false);
  expect(readdirSync(placeIn(folder).folder).sort()).toEqual(['cluster', 'password', 'server.log']);
});

it('a disk that is too small to make a cluster on is told as full', async ({ skip }) => {
  const disk = smallDisk(20);
  if (disk === undefined) return skip('no right to mount a tmpfs');
  await expect(startEmbeddedPostgres(disk.folder, await freePort(), testLog)).rejects.toMatchObject({
    code: 'EMBEDDED_START',
    message: expect.stringMatching(
      /^the disk of .+ is full \(initdb failed: .+No space left.+\): make room there/,
    ),
  });
});
