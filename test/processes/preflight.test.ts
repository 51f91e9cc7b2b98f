// What is told before anything starts, by the check itself: test/main and processes/start have it as a line and an exit code.

import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readConfig, type SettingName } from '../../src/config.ts';
import { preflight } from '../../src/processes/preflight.ts';
import { messageOf } from '../../src/runtime/errors.ts';
import { PARTS, type Part } from '../../src/runtime/part-names.ts';
import { testLog } from '../support/log.ts';
import { freePort } from '../support/ports.ts';

/** What the check says of these settings, where nothing else of this machine is in the way. */
async function problemOf(
  given: Partial<Record<SettingName, string>>,
  parts: readonly Part[] = PARTS,
): Promise<string> {
  const [web, kafka, postgres] = [await freePort(), await freePort(), await freePort()];
  const ports = { PORT: String(web), KAFKA_PORT: String(kafka), POSTGRES_PORT: String(postgres) };
  const config = readConfig({ ...ports, ...given }, {});
  return preflight(config, parts, false, testLog).then(() => '', messageOf);
}

describe('a port that is taken', () => {
  let taken: Server;
  let port: string;
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    port = String(typeof address === 'object' ? address?.port : '');
  });
  afterAll(() => taken.close());

  it.each([
    ['PORT', 'the shop'],
    ['KAFKA_PORT', 'Kafka'],
    ['POSTGRES_PORT', 'PostgreSQL'],
    ['INGEST_METRICS_PORT', "ingest's metrics"],
  ] as const)('a port that is taken is named with %s', async (name, what) => {
    const option = `--${name.toLowerCase().replaceAll('_', '-')}`;
    expect(await problemOf({ [name]: port })).toBe(
      `port ${port} is taken; choose another one for ${what} with ${name} or ${option}`,
    );
  });
});

it('ports that are free and different are given back', async () => {
  const ports = { PORT: String(await freePort()), KAFKA_PORT: String(await freePort()) };
  expect([await problemOf(ports), await problemOf(ports)]).toEqual(['', '']);
});

it('one port for two is told by both', async () => {
  const port = String(await freePort());
  expect(await problemOf({ PORT: port, KAFKA_PORT: port })).toContain(
    `port ${port} is for the shop already; choose another one for Kafka with KAFKA_PORT or --kafka-port`,
  );
  expect(await problemOf({ KAFKA_PORT: port, POSTGRES_PORT: port })).toContain(
    `port ${port} is for Kafka already; choose another one for PostgreSQL with POSTGRES_PORT`,
  );
});

it('an address that this machine does not have is reported as HOST', async () => {
  expect(await problemOf({ HOST: '192.0.2.1' })).toBe(
    "can't listen on 192.0.2.1 (EADDRNOTAVAIL); choose an address of this machine with HOST or --host",
  );
});

describe('a database that is wrong', () => {
  it.each([
    [{ password: 's3cret' }, 'refuses user "shopstream"'],
    [{ pathname: '/nothing' }, 'has no database "nothing"'],
    [{ search: '?sslrootcert=/no/such/file' }, 'ENOENT'],
  ])('a database that is wrong is told at once, without the password: by %j', async (change, words) => {
    const url = Object.assign(new URL(inject('databaseUrl')), change);
    const problem = await problemOf({ DATABASE_URL: url.href }, ['web']);
    expect(problem).toMatch(/^DATABASE_URL: /);
    expect(problem).toContain(words);
    expect(problem).not.toContain(url.password);
  });
});

// These wait until the program's timeout, side by side.
describe.concurrent('a server that does not answer', () => {
  it('a Postgres that does not answer is named without its password', async () => {
    const url = `postgres://me:s3cret@127.0.0.1:${await freePort()}/db?password=s3cret`;
    const problem = await problemOf({ DATABASE_URL: url });
    expect(problem).toMatch(/^DATABASE_URL: no PostgreSQL answers at 127\.0\.0\.1:.*ECONNREFUSED/);
    expect(problem).not.toContain('s3cret');
  });

  it('a host name that is unknown is named', async () => {
    expect(await problemOf({ DATABASE_URL: 'postgres://me@no-such-host.invalid/db' })).toContain(
      'no PostgreSQL answers at no-such-host.invalid:5432',
    );
  });

  it('a Kafka that does not answer is named with every broker', async () => {
    const brokers = `127.0.0.1:${await freePort()},127.0.0.1:${await freePort()}`;
    const problem = await problemOf({ KAFKA_BROKERS: brokers });
    expect(problem).toContain(`KAFKA_BROKERS: none of ${brokers.replace(',', ', ')} answers`);
    expect(problem).toContain('ECONNREFUSED');
  });

  it('another server in the place of Kafka, or of Postgres, is as good as none', async () => {
    const web = createServer((socket) => {
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    const address = web.address();
    const place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const [postgres, kafka] = await Promise.all([
      problemOf({ DATABASE_URL: `postgres://me@${place}/db` }),
      problemOf({ KAFKA_BROKERS: place }),
    ]);
    web.close();
    expect(postgres).toContain(`no PostgreSQL answers at ${place}`);
    expect(kafka).toContain(`KAFKA_BROKERS: none of ${place} answers`);
  });
});
