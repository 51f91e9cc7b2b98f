// The embedded PostgreSQL through what a machine does to it seldom. A server of its own for each test.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { placeIn } from '../../../src/db/embedded/place.ts';
import { startEmbeddedPostgres } from '../../../src/db/embedded/server.ts';
import { testLog } from '../../support/log.ts';
import { freePort } from '../../support/ports.ts';
import { smallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { copyOf, makeCluster, pidFileOf, query, start } from '../clusters.ts';

let made: string;
beforeAll(async () => {
  made = await makeCluster();
});

describe('the embedded PostgreSQL', () => {
  it('the embedded PostgreSQL works in a folder whose name has blanks, quotes and other scripts', async () => {
    const folder = path.join(temporaryFolder(), `a b 'c' "d" ä漢 $HOME`);
    mkdirSync(folder);
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect((await start(folder)).fresh).toBe(false);
  });

  it('the embedded PostgreSQL lets nobody in without its password, which only its user can read', async () => {
    const folder = copyOf(made);
    const { url } = await start(folder);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(placeIn(folder).password).mode & 0o077).toBe(0);
    expect(statSync(placeIn(folder).cluster).mode & 0o077).toBe(0);
  });

  it("another cluster's server, whose pid a stale file names, is left alone, and a start succeeds all the same", async () => {
    const [mine, theirs] = [copyOf(made), copyOf(made)];
    const [first, other] = await Promise.all([start(mine), start(theirs)]);
    await first.stop();
    writeFileSync(pidFileOf(mine), readFileSync(pidFileOf(theirs)));
    const again = await start(mine);
    expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('a full disk, on which the database can not be made, is told as such', async ({ skip }) => {
    const disk = smallDisk(64);
    if (disk === undefined) return skip('no right to mount a tmpfs');
    execFileSync('cp', ['-a', `${made}/.`, disk.folder]);
    const first = await startEmbeddedPostgres(disk.folder, await freePort(), testLog);
    const maintenance = new URL(first.url);
    maintenance.pathname = '/postgres';
    await query(maintenance.href, 'DROP DATABASE shopstream');
    await first.stop();
    disk.fill();
    await expect(startEmbeddedPostgres(disk.folder, await freePort(), testLog)).rejects.toMatchObject({
      code: 'EMBEDDED_START',
      message: expect.stringMatching(/^the disk of .+ is full \(.+\): make room there/),
    });
    disk.empty();
    await (await startEmbeddedPostgres(disk.folder, await freePort(), testLog)).stop();
  });
});
