// The program as a user starts and stops it: what is refused, what Ctrl-C ends, what is started again.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { expectOneLine, MAIN, run } from '../support/command.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { LINE, type Program, programSettings, startProgram } from '../support/program.ts';
import { sendRaw } from '../support/raw-http.ts';
import { openToOthers } from './open-to-others.ts';

/** Processes whose environment or command line names this folder. */
function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const texts = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
        return texts.some((text) => text.includes(dataDir));
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The program's processes that run this part. */
function childrenOf(dataDir: string, part: string): number[] {
  return processesOf(dataDir).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`run-part\0${part}`),
  );
}

/** Starts the program without waiting for it. */
function launch(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, 'start', ...args], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  onTestFinished(() => {
    for (const pid of processesOf(env.DATA_DIR ?? '-')) process.kill(pid, 'SIGKILL');
  });
  return {
    child,
    printed: () => printed,
    /** As the terminal does it, to the whole group; the exit code and the seconds that it took. */
    end: async (signal: NodeJS.Signals) => {
      const began = Date.now();
      process.kill(-(child.pid ?? 0), signal);
      return { code: await ended, seconds: (Date.now() - began) / 1000 };
    },
  };
}

describe('DATA_DIR', () => {
  it('a DATA_DIR that can not be written is exit code 1 and one line', async () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const folder of [path.join(file, 'data'), '/proc/data']) {
      expectOneLine(await run(['start', '--data-dir', folder]), 1, `DATA_DIR: ${folder} can't be written`);
    }
  });

  it('a DATA_DIR whose PostgreSQL is of another version is exit code 1, names both, and is left as it is', async () => {
    const env = await programSettings('new');
    const cluster = path.join(env.DATA_DIR ?? '', 'postgres', 'cluster');
    mkdirSync(cluster, { recursive: true });
    writeFileSync(path.join(cluster, 'PG_VERSION'), '12\n');
    const ended = await run(['start', 'postgres'], env);
    expectOneLine(ended, 1, 'was made by PostgreSQL 12, this program brings PostgreSQL 18', cluster);
    expect(readdirSync(cluster)).toEqual(['PG_VERSION']);
  });
});

describe('one part', () => {
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

  it('the broker is started alone, for any Kafka client, and a second one is told who has the folder', async () => {
    const env = await programSettings();
    const program = await startProgram(env, ['broker']);
    const admin = testKafka(Number(env.KAFKA_PORT)).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toEqual([
      { nodeId: expect.any(Number), host: '127.0.0.1', port: Number(env.KAFKA_PORT) },
    ]);
    await admin.disconnect();
    const second = await run(['start'], { ...env, KAFKA_PORT: String(await freePort()) });
    expectOneLine(second, 1, `DATA_DIR: ${env.DATA_DIR} is in use, process `, 'runs "broker" there');
    expect(existsSync(path.join(env.DATA_DIR ?? '', 'postgres.lock'))).toBe(false);
    expect(await program.stop()).toBe(0);
  });
});

describe('the whole program', { timeout: 400_000 }, () => {
  let env: Record<string, string>;
  let folder: string;
  let program: Program;
  beforeAll(async () => {
    env = await programSettings('new');
    folder = env.DATA_DIR ?? '';
    const before = process.umask(0);
    program = await startProgram(env).finally(() => process.umask(before));
  });

  it('keeps its files for its owner alone, whatever the umask was', async () => {
    await request(program.url).post('/api/events').send(anEvent()).expect(202);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['kafka', 'outbox', 'postgres']));
    expect(openToOthers(folder)).toEqual([]);
  });

  it('starts a killed part again while the others go on, and Ctrl-C leaves nothing behind', async () => {
    const parts = ['web', 'ingest', 'broker'];
    const before = new Map(parts.map((part) => [part, childrenOf(folder, part)]));
    for (const part of parts) expect(before.get(part)).toHaveLength(1);

    const again = await run(['start'], { ...env, PORT: String(await freePort()) });
    expectOneLine(again, 1, 'is in use, process ');
    const [, owner] = /process (\d+)/.exec(again.stderr) ?? [];
    expect(processesOf(folder)).toContain(Number(owner));

    for (const part of ['ingest', 'broker'])
      for (const pid of before.get(part) ?? []) process.kill(pid, 'SIGKILL');
    const shown = await request(program.url).get('/').expect(200);
    const visitor = /visitor=s%3A([0-9a-f]{32})/.exec(String(shown.get('Set-Cookie')))?.[1];
    const client = new pg.Client({ connectionString: program.databaseUrl() });
    await client.connect();
    await eventually(
      async () => (await client.query('SELECT FROM events WHERE user_id = $1', [visitor])).rowCount,
    );
    await client.end();
    expect(childrenOf(folder, 'web')).toEqual(before.get('web'));
    expect(childrenOf(folder, 'ingest')).not.toEqual(before.get('ingest'));

    const postmaster = Number(
      readFileSync(path.join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0],
    );
    process.kill(postmaster, 'SIGKILL');
    await request(program.url).get('/').expect(200);
    await eventually(async () => (await request(program.url).get('/readyz')).status === 200);
    await request(program.url).get('/api/charts/today').expect(200);

    // Neither an upload that never ends nor an open stream holds it up.
    const upload = 'Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
    const open = [
      sendRaw(program.url, `POST /api/events HTTP/1.1\r\nHost: x\r\n${upload}`, 90),
      sendRaw(program.url, 'GET /api/live HTTP/1.1\r\nHost: x\r\n\r\n', 90),
    ];
    await request(program.url).get('/healthz').expect(200);
    const began = Date.now();
    expect(await program.stop()).toBe(0);
    expect((Date.now() - began) / 1000).toBeLessThan(45);
    await Promise.all(open);
    expect(processesOf(folder)).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

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
});

describe('Ctrl-C', () => {
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

it('runs on and stops in order when nobody reads its output any more, as with `npm start | head`', async () => {
  const port = await freePort();
  const { child, printed, end } = launch(
    {
      DATA_DIR: temporaryFolder(),
      KAFKA_PORT: String(port),
      LOG_LEVEL: 'info',
    },
    ['broker'],
  );
  await eventually(() => printed().includes('Shopstream'));
  child.stdout?.destroy();
  await eventually(() => connected(port));
  const { code } = await end('SIGINT');
  expect(code).toBe(0);
  expect(printed()).not.toContain('EPIPE');
});

function connected(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
