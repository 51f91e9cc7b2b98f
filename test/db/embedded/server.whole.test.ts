// The embedded PostgreSQL through what a machine does to it seldom. A server of its own for each test.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { commandAs, serverAccount } from '../../src/db/embedded/account.ts';
import { findBinaries } from '../../src/db/embedded/binaries.ts';
import { placeIn } from '../../src/db/embedded/place.ts';
import { runToEnd } from '../../src/db/embedded/run-to-end.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded/server.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { eventually } from '../support/eventually.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copyOf, makeCluster, pidFileOf, postmasterOf, query, start } from './clusters.ts';

const isRoot = process.getuid?.() === 0;

let made: string;
beforeAll(async () => {
  made = await makeCluster();
});

/** A cluster as it was made before the program had a role of its own, with one of each thing that has an owner. */
async function makeOldCluster(dataDir: string): Promise<void> {
  const { cluster, folder, password } = placeIn(dataDir);
  const account = serverAccount();
  const binaries = await findBinaries();
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o711);
  writeFileSync(password, 'of before\n');
  if (account !== undefined) for (const one of [cluster, password]) chownSync(one, account.uid, account.gid);
  const login = ['--username=shopstream', `--pwfile=${password}`, '--auth=scram-sha-256', '--no-sync'];
  await runToEnd(commandAs(account, binaries.initdb, ['-D', cluster, ...login], folder), 'initdb');
  const inDatabase = (database: string, sql: string) => {
    const args = ['--single', '-j', '-D', cluster, '-c', 'exit_on_error=on', database];
    return runToEnd(commandAs(account, binaries.postgres, args, folder), 'postgres', `${sql};\n\n`);
  };
  await inDatabase('postgres', 'CREATE DATABASE shopstream');
  await inDatabase(
    'shopstream',
    `CREATE TYPE mood AS ENUM ('old', 'new'); CREATE SCHEMA other; CREATE TABLE other.things (n int PRIMARY KEY);
     CREATE TABLE kept (mood mood, id serial); INSERT INTO kept VALUES ('old', DEFAULT); CREATE VIEW seen AS SELECT mood, id FROM kept;
     CREATE TABLE parts (id bigint GENERATED ALWAYS AS IDENTITY) PARTITION BY RANGE (id); CREATE SEQUENCE free;
     CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'`,
  );
}

describe('the embedded PostgreSQL', () => {
  it('works in a folder whose name has blanks, quotes and other scripts', async () => {
    const folder = path.join(temporaryFolder(), `a b 'c' "d" ä漢 $HOME`);
    mkdirSync(folder);
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect((await start(folder)).fresh).toBe(false);
  });

  it('lets nobody in without its password, which only its user can read', async () => {
    const folder = copyOf(made);
    const { url } = await start(folder);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(placeIn(folder).password).mode & 0o077).toBe(0);
    expect(statSync(placeIn(folder).cluster).mode & 0o077).toBe(0);
  });

  it('takes the rights from a role that an earlier version made a superuser, and leaves it all that was stored', async () => {
    const folder = temporaryFolder();
    await makeOldCluster(folder);
    const first = await start(folder);
    expect(first.fresh).toBe(false);
    expect(await query(first.url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false },
    ]);
    const change = `INSERT INTO kept VALUES ('new', DEFAULT); ALTER TABLE kept ADD more int; ALTER TYPE mood ADD VALUE 'fine';
      CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3'; ALTER VIEW seen RENAME TO looked_at;
      ALTER TABLE other.things RENAME TO thing; CREATE TABLE other.more (); CREATE TABLE public.another ()`;
    await query(first.url, change);
    await first.stop();
    const second = await start(folder);
    expect(await query(second.url, 'SELECT mood, id FROM looked_at ORDER BY id')).toEqual([
      { mood: 'old', id: 1 },
      { mood: 'new', id: 2 },
    ]);
  });

  it("leaves another cluster's server alone, whose pid a stale file names, and starts all the same", async () => {
    const [mine, theirs] = [copyOf(made), copyOf(made)];
    const [first, other] = await Promise.all([start(mine), start(theirs)]);
    await first.stop();
    writeFileSync(pidFileOf(mine), readFileSync(pidFileOf(theirs)));
    const again = await start(mine);
    expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await query(other.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('begins anew where it was killed while the cluster was made', async () => {
    const folder = temporaryFolder();
    const { cluster } = placeIn(folder);
    mkdirSync(`${cluster}.new/base`, { recursive: true });
    writeFileSync(`${cluster}.new/PG_VERSION`, '18\n');
    writeFileSync(placeIn(folder).password, 'of the run that was killed\n');
    const server = await start(folder);
    expect(server.fresh).toBe(true);
    expect(existsSync(`${cluster}.new`)).toBe(false);
  });

  it('begins anew where the initdb of the program that was killed still writes', async () => {
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

  it('tells of a full disk where its database can not be made', async ({ skip }) => {
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

  it('tells of a disk that is too small to make it on', async ({ skip }) => {
    const disk = smallDisk(20);
    if (disk === undefined) return skip('no right to mount a tmpfs');
    await expect(startEmbeddedPostgres(disk.folder, await freePort(), testLog)).rejects.toMatchObject({
      code: 'EMBEDDED_START',
      message: expect.stringMatching(
        /^the disk of .+ is full \(initdb failed: .+No space left.+\): make room there/,
      ),
    });
  });
});

const notRoot = !isRoot && 'SKIPPED: these need root';
if (notRoot) console.warn(notRoot);

describe.skipIf(!isRoot)('as root', () => {
  it('runs as an account without rights, in a folder that only root may enter', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o700);
    const dataDir = path.join(folder, 'deep', 'data');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const server = await start(dataDir);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const status = readFileSync(`/proc/${postmasterOf(dataDir)}/status`, 'utf8');
    expect(status).not.toMatch(/^Uid:\s+0\s/m);
    const capabilities = [...status.matchAll(/^Cap(Inh|Prm|Eff|Amb):\s+(\w+)$/gm)].map(([, , held]) => held);
    expect(capabilities).toEqual(Array(4).fill('0'.repeat(16)));
    await server.stop();
    const again = await start(dataDir);
    expect(again.fresh).toBe(false);
  });

  it('works for an ordinary user too, again and again', { timeout: 240_000 }, async ({ skip }) => {
    const nobody = { uid: 65_534, gid: 65_534 };
    const module = path.join(packageRoot, 'dist/src/db/embedded/server.js');
    if (
      spawnSync(process.execPath, ['-e', `require('fs').accessSync(${JSON.stringify(module)})`], nobody)
        .status !== 0
    ) {
      console.warn(`SKIPPED: an ordinary user can't read ${packageRoot}`);
      return skip('the clone is closed to other users');
    }
    const folder = temporaryFolder();
    chownSync(folder, nobody.uid, nobody.gid);
    const program = `
      import { startEmbeddedPostgres } from ${JSON.stringify(module)};
      const log = { info() {}, warn() {}, debug() {}, error() {} };
      const server = await startEmbeddedPostgres(${JSON.stringify(folder)}, ${await freePort()}, log);
      await server.stop();
      console.log(process.getuid(), server.fresh);`;
    const runs = [1, 2].map(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', program], {
        ...nobody,
        cwd: '/',
        encoding: 'utf8',
        env: { PATH: process.env.PATH },
      }).trim(),
    );
    expect(runs).toEqual(['65534 true', '65534 false']);
    expect(statSync(placeIn(folder).cluster).uid).toBe(nobody.uid);
  });
});
