// The program as a user starts and stops it: what is refused, what Ctrl-C ends, what is started again. start.whole has the rest.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { expectOneLine, run } from '../support/command.ts';
import { eventually, temporaryFolder, testKafka } from '../support/line.ts';
import { freePort } from '../support/ports.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { sendRaw } from '../support/raw-http.ts';
import { childrenOf, launch, processesOf } from './started.ts';

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
  it('the whole program starts a killed part again while the others go on, and Ctrl-C leaves nothing behind', async () => {
    const env = await programSettings();
    const folder = env.DATA_DIR ?? '';
    const program = await startProgram(env, LINE);
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
});

it('the program runs on and stops in order when nobody reads its output any more, as with `npm start | head`', async () => {
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
