// What else a user does to a program that starts or runs: signals at any time, servers that are away, a parent that is killed.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { expectOneLine, run } from '../support/command.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, temporaryFolder } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { openToOthers } from './open-to-others.ts';
import { childrenOf, launch, processesOf } from './started.ts';

describe('postgres alone', () => {
  it('postgres is started alone, for anybody who has the URL that it prints', async () => {
    const env = await programSettings();
    const program = await startProgram(env, ['postgres']);
    const client = new pg.Client({ connectionString: program.databaseUrl() });
    await client.connect();
    expect((await client.query('SELECT current_database() AS name')).rows).toEqual([{ name: 'shopstream' }]);
    await client.end();
    expect(program.output()).toContain(`127.0.0.1:${env.POSTGRES_PORT}/shopstream`);
    expect(program.output()).not.toContain(new URL(program.databaseUrl()).password);
    expect(await program.stop()).toBe(0);
    expect(processesOf(env.DATA_DIR ?? '')).toEqual([]);
  });

  it('postgres without its password is exit code 1, one line, and nothing is left running', async () => {
    const env = await programSettings();
    const password = path.join(env.DATA_DIR ?? '', 'postgres', 'password');
    writeFileSync(password, 'another\n');
    expectOneLine(await run(['start', 'postgres'], env), 1, 'rejects the password', password);
    rmSync(password);
    expectOneLine(await run(['start', 'postgres'], env), 1, `can't be read from ${password}`);
    expect(processesOf(env.DATA_DIR ?? '')).toEqual([]);
  });
});

it('a port that two parts of a program are given is exit code 1, and the line names it', async () => {
  const port = String(await freePort());
  const env = { DATA_DIR: path.join(temporaryFolder(), 'data'), KAFKA_PORT: port, POSTGRES_PORT: port };
  expectOneLine(await run(['start', 'broker', 'postgres'], env), 1, `port ${port}`, 'POSTGRES_PORT');
});

it('a program of all parts keeps its files for its owner alone, whatever the umask was', {
  timeout: 400_000,
}, async () => {
  const env = await programSettings('new');
  const before = process.umask(0);
  const program = await startProgram(env).finally(() => process.umask(before));
  await request(program.url).post('/api/events').send(anEvent()).expect(202);
  expect(readdirSync(env.DATA_DIR ?? '')).toEqual(expect.arrayContaining(['kafka', 'outbox', 'postgres']));
  expect(openToOthers(env.DATA_DIR ?? '')).toEqual([]);
  expect(await program.stop()).toBe(0);
});

describe('a signal', () => {
  it('the program is ended by a terminal that is closed, and by Ctrl-C while it still starts', async () => {
    const env = await programSettings();
    const parts = ['postgres', 'broker', 'ingest'];
    const program = launch(env, parts);
    await eventually(() => program.printed().includes('Shop '));
    expect(await program.end('SIGINT')).toMatchObject({ code: 0 });
    expect(processesOf(env.DATA_DIR ?? '')).toEqual([]);
    const again = launch(env, parts);
    await eventually(() => again.printed().includes('Ready after'));
    const ended = await again.end('SIGHUP');
    expect(ended.code).toBe(0);
    expect(ended.seconds).toBeLessThan(45);
    expect(processesOf(env.DATA_DIR ?? '')).toEqual([]);
  });

  it('Ctrl-C ends a program that waits for a server', async () => {
    // It takes connections and never says anything.
    const silent = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const { url } = await migratedDatabase();
    const settings = await Promise.all([1, 2, 3].map(() => programSettings('new')));
    const programs = [
      launch({ ...settings[0], DATABASE_URL: `postgres://me@${place}/db` }, ['broker', 'web']),
      launch({ ...settings[1], DATABASE_URL: url, KAFKA_BROKERS: place }, ['ingest', 'web']),
      launch({ ...settings[2], DATABASE_URL: url }, ['ingest']),
    ];
    await eventually(() => programs[2]?.printed().includes('Data'));
    // By then they listen for signals.
    await eventually(() =>
      [0, 1].every((n) => existsSync(path.join(settings[n]?.DATA_DIR ?? '', 'web.lock'))),
    );
    const ends = await Promise.all(programs.map((program) => program.end('SIGINT')));
    silent.close();
    for (const { code, seconds } of ends) {
      expect(code).toBe(0);
      expect(seconds).toBeLessThan(30);
    }
  });

  it('Ctrl-C ends a program whose Kafka has gone, with what it could not send kept', async () => {
    const [broker, { url }] = await Promise.all([startTestBroker(), migratedDatabase()]);
    const settings = { DATABASE_URL: url, KAFKA_BROKERS: `127.0.0.1:${broker.port}` };
    const env: Record<string, string> = { ...(await programSettings()), ...settings };
    const program = launch(env, ['ingest', 'web']);
    await eventually(() => program.printed().includes('Ready after'));
    await broker.close();
    await request(`http://127.0.0.1:${env.PORT}`).get('/').expect(200);
    const [ingest] = childrenOf(env.DATA_DIR ?? '', 'ingest');
    process.kill(ingest ?? 0, 'SIGKILL');
    await eventually(() => childrenOf(env.DATA_DIR ?? '', 'ingest').some((pid) => pid !== ingest));
    const { code, seconds } = await program.end('SIGINT');
    expect([code, seconds < 10]).toEqual([0, true]);
    expect(processesOf(env.DATA_DIR ?? '')).toEqual([]);
    const outbox = path.join(env.DATA_DIR ?? '', 'outbox');
    const kept = readdirSync(outbox).map((file) => readFileSync(path.join(outbox, file), 'utf8'));
    expect(kept.join('')).toContain('banner_show');
  });

  it('Ctrl-C twice is as good as once', async () => {
    const env = await programSettings();
    const program = launch(env, ['postgres']);
    await eventually(() => program.printed().includes('Ready after'));
    process.kill(-(program.child.pid ?? 0), 'SIGINT');
    expect(await program.end('SIGINT')).toMatchObject({ code: 0 });
    expect(processesOf(env.DATA_DIR ?? '')).toEqual([]);
  });
});

describe('a parent that is killed', () => {
  it('a parent that is killed takes its parts with it, and the next start has nothing to mend', {
    timeout: 400_000,
  }, async () => {
    const env = await programSettings();
    const folder = env.DATA_DIR ?? '';
    const program = launch(env, LINE);
    await eventually(() => program.printed().includes('Ready after'));
    process.kill(program.child.pid ?? 0, 'SIGKILL');
    const next = await startProgram(env, LINE);
    await request(next.url).get('/').expect(200);
    for (const part of ['web', 'ingest', 'broker']) {
      await eventually(() => childrenOf(folder, part).length === 1);
    }
    expect(await next.stop()).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  });
});
