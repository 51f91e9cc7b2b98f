// The embedded PostgreSQL through what a machine does to it every day. A server of its own for each test; server.whole has the rest.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { placeIn } from '../../../src/db/embedded/place.ts';
import { embeddedUrl, startEmbeddedPostgres } from '../../../src/db/embedded/server.ts';
import { eventually } from '../../support/eventually.ts';
import { testLog } from '../../support/log.ts';
import { freePort } from '../../support/ports.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { copyOf, makeCluster, pidFileOf, postmasterOf, query, start } from '../clusters.ts';

let made: string;
beforeAll(async () => {
  made = await makeCluster();
});

describe('the embedded PostgreSQL', () => {
  it('the embedded PostgreSQL is made once, keeps what was stored, and listens on loopback only', async () => {
    const folder = temporaryFolder();
    expect(await embeddedUrl(folder, 5433)).toBeUndefined();
    const first = await start(folder);
    expect(first.fresh).toBe(true);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const settings = await query(
      first.url,
      `SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'fsync', 'password_encryption') ORDER BY name`,
    );
    expect(settings.map(({ setting }) => setting)).toEqual(['on', '127.0.0.1', 'scram-sha-256']);
    expect(existsSync(`/tmp/.s.PGSQL.${new URL(first.url).port}`)).toBe(false);
    await first.stop();
    await first.exited;
    expect(existsSync(pidFileOf(folder))).toBe(false);
    const second = await start(folder);
    expect(second.fresh).toBe(false);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await embeddedUrl(folder, Number(new URL(second.url).port))).toBe(second.url);
  });

  it('the embedded PostgreSQL is connected to as it wants it, whatever the environment says of other servers, which stays as it is', async () => {
    const ofOthers = {
      PGSSLMODE: 'require',
      PGSSLNEGOTIATION: 'direct',
      PGOPTIONS: '-c default_transaction_read_only=on -c search_path=nowhere',
      PGREPLICATION: 'true',
      PGCLIENTENCODING: 'none',
      PGDATA: '/nowhere',
    };
    const before = Object.keys(ofOthers).map((name) => [name, process.env[name]] as const);
    onTestFinished(() => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    Object.assign(process.env, ofOthers);
    const folder = temporaryFolder();
    const { url } = await start(folder);
    expect(
      await query(
        url,
        `SELECT current_setting('default_transaction_read_only') AS read_only, current_schema AS schema`,
      ),
    ).toEqual([{ read_only: 'off', schema: 'public' }]);
    expect(await embeddedUrl(folder, Number(new URL(url).port))).toBe(url);
    expect(process.env).toMatchObject(ofOthers);
  });

  it('the program has a role in its PostgreSQL that is no superuser: SQL reads no file of the machine and starts no program', async () => {
    const { url } = await start(copyOf(made));
    expect(
      await query(url, 'SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user'),
    ).toEqual([{ rolsuper: false, rolcreaterole: false }]);
    await query(url, 'CREATE TABLE seen (line text)');
    const ways = [
      "COPY seen FROM '/etc/passwd'",
      "COPY seen FROM PROGRAM 'id'",
      "COPY seen TO '/tmp/seen'",
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT lo_import('/etc/passwd')",
      "ALTER SYSTEM SET archive_command = 'id'",
      'SET ROLE postgres',
      `ALTER ROLE shopstream SUPERUSER`,
      `CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/lib/x86_64-linux-gnu/libc.so.6', 'system'`,
    ];
    for (const way of ways) await expect(query(url, way), way).rejects.toMatchObject({ code: '42501' });
    const superuser = new URL(url);
    superuser.username = 'postgres';
    for (const password of ['', decodeURIComponent(superuser.password)]) {
      superuser.password = password;
      await expect(query(superuser.href, 'SELECT 1')).rejects.toThrow();
    }
  });

  it('a PostgreSQL that is killed keeps what was committed, and tells that it has ended', async () => {
    const folder = copyOf(made);
    const first = await start(folder);
    await query(first.url, 'INSERT INTO kept VALUES (43)');
    process.kill(postmasterOf(folder), 'SIGKILL');
    await first.exited;
    expect(existsSync(pidFileOf(folder))).toBe(true);
    const second = await start(folder);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }, { answer: 43 }]);
  });

  it('the server that a killed program left running is stopped, and one is started anew', async () => {
    const folder = copyOf(made);
    const left = await start(folder);
    const second = await start(folder);
    await left.exited;
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('a port that is taken is told with the setting that changes it, and nothing is left running', async () => {
    const folder = copyOf(made);
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    await expect(startEmbeddedPostgres(folder, port, testLog)).rejects.toMatchObject({
      code: 'EMBEDDED_START',
      message: expect.stringContaining('POSTGRES_PORT'),
    });
    taken.close();
    expect(existsSync(pidFileOf(folder))).toBe(false);
  });

  it("a server that can't start is told by its own last words, on one line", async () => {
    const folder = copyOf(made);
    rmSync(path.join(placeIn(folder).cluster, 'global'), { recursive: true });
    const error = await startEmbeddedPostgres(folder, await freePort(), testLog).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'EMBEDDED_START',
      message: expect.stringMatching(/^PostgreSQL did not start: .+/),
    });
    expect(error.message).not.toContain('\n');
  });

  it('a server that was stopped, twice too, leaves no process and no file of its run', async () => {
    const folder = copyOf(made);
    const server = await start(folder);
    const pid = postmasterOf(folder);
    await Promise.all([server.stop(), server.stop()]);
    await eventually(() => !existsSync(`/proc/${pid}`));
    expect(readdirSync(placeIn(folder).folder).sort()).toEqual(['cluster', 'password', 'server.log']);
  });
});
