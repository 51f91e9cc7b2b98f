// What the command line says to somebody who got it wrong: one line, and the right exit code.

import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { optionName, readConfig, type SettingName, settings } from '../src/config.ts';
import { start } from '../src/processes/start.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { version } from '../src/runtime/version.ts';
import { expectOneLine, run, runHere } from './support/command.ts';
import { emptyDatabase, migratedDatabase, openTestPool } from './support/database.ts';
import { startTestBroker, temporaryFolder } from './support/line.ts';
import { freePort } from './support/ports.ts';

/** Settings with which nothing of this machine is in the way. */
async function freshSettings(): Promise<Record<string, string>> {
  const [web, kafka, postgres] = [await freePort(), await freePort(), await freePort()];
  return {
    PORT: String(web),
    KAFKA_PORT: String(kafka),
    POSTGRES_PORT: String(postgres),
    DATA_DIR: path.join(temporaryFolder(), 'data'),
  };
}

describe('help', () => {
  it('names every setting as an option, with its default', async () => {
    const { code, stdout } = await runHere(['start', '--help']);
    expect(code).toBe(0);
    for (const [name, { fallback }] of Object.entries(settings)) {
      expect(stdout).toContain(`${optionName(name as SettingName)} <value>`);
      if (fallback !== undefined) expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`default: ${fallback}`);
    }
  });

  it('prints help for --help and help, and its version for --version', async () => {
    const answers = await Promise.all([run(['--help']), runHere(['help']), run(['--version'])]);
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(answers[2]?.stdout).toBe(`${version}\n`);
    expect(answers[0]?.stdout).not.toContain('run-part');
  });
});

describe('a command line that is wrong', () => {
  it.concurrent.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['start', '--nonsense'], "unknown option '--nonsense'"],
    [['start', '--port'], "'--port <value>' argument missing"],
    [
      ['start', 'kafka'],
      'received part "kafka", expected postgres, broker, ingest, web, live, aggregator, simulator',
    ],
    [['start', '--port', 'http'], 'PORT: received "http", expected a port from 1 to 65535'],
  ] as const)('is exit code 2 and one line: %j', async (args, words) => {
    expectOneLine(await runHere(args), 2, words);
  });

  it('is so from the environment too, and secrets are not shown', async () => {
    const ended = await run(['start'], { COOKIE_SECRET: 's3cret' });
    expectOneLine(
      ended,
      2,
      'COOKIE_SECRET: received a value that cannot be used, expected at least 16 characters',
    );
    expect(ended.stdout + ended.stderr).not.toContain('s3cret');
  });

  it.each([
    [{ PORT: '0' }, 'PORT: received "0"'],
    [{ KAFKA_PORT: '99999' }, 'KAFKA_PORT: received "99999"'],
    [{ TIME_ZONE: 'Mars/Olympus' }, 'TIME_ZONE: received "Mars/Olympus"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: received "loud", expected fatal, error'],
    [{ KAFKA_BROKERS: 'localhost' }, 'KAFKA_BROKERS: received "localhost", expected host:port'],
    [
      { DATABASE_URL: 'mysql://me:s3cret@host/db' },
      'DATABASE_URL: received a value that cannot be used, expected postgres://',
    ],
    [{ KAFKA_SASL: 'md5:me:s3cret' }, 'KAFKA_SASL: received a value that cannot be used'],
  ])('is refused as a setting, as an option and from the environment: %j', (given, words) => {
    for (const read of [() => readConfig(given, {}), () => readConfig({}, given)]) {
      expect(read).toThrow(words);
      expect(read).not.toThrow('s3cret');
    }
  });

  it('is refused as an option without a value, which from the environment is none', () => {
    expect(() => readConfig({ PORT: '' }, {})).toThrow('PORT: received ""');
    expect(readConfig({}, { PORT: '' }).PORT).toBe(readConfig({}, {}).PORT);
  });

  it.each([
    [['run-part'], {}, 'received part "run-part"'],
    [['__proto__'], {}, 'received part "__proto__"'],
    [['web', ''], {}, 'received part ""'],
    [['broker'], { KAFKA_BROKERS: 'a:9092' }, 'KAFKA_BROKERS names a server'],
    [['postgres'], { DATABASE_URL: 'postgres://a@b/c' }, 'DATABASE_URL names a server'],
  ])('is refused as a part to start: %j', async (parts, given, words) => {
    await expect(start(readConfig(given, {}), parts, {})).rejects.toThrow(words);
  });

  it('lists the commands where none is given', async () => {
    const { code, stderr } = await run([]);
    expect(code).toBe(2);
    expect(stderr).toContain('start');
  });
});

describe('a replay that can not begin', () => {
  it.each([
    ['of no file', ['/no/such/file.csv'], 'received /no/such/file.csv, which doesn'],
    [
      'of a file of another kind',
      ['package.json5'],
      'received package.json5, expected .csv, .tsv or .ndjson',
    ],
    [
      'while Kafka is away',
      [path.join(packageRoot, 'package.json')],
      'KAFKA_BROKERS: none of 127.0.0.1:1 answers',
    ],
    [
      'of a range while Kafka is away',
      ['--from', '2026-01-01T00:00:00Z'],
      'KAFKA_BROKERS: none of 127.0.0.1:1 answers',
    ],
  ])('says why, the file first: %s', async (_, args, words) => {
    expectOneLine(await runHere(['simulate', 'replay', ...args], { KAFKA_BROKERS: '127.0.0.1:1' }), 1, words);
  });
});

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
  ])('is exit code 1, and the line names %s', async (name, what) => {
    const ended = await run(['start'], { ...(await freshSettings()), [name]: port });
    const option = `--${name.toLowerCase().replace('_', '-')}`;
    expectOneLine(ended, 1, `port ${port} is taken`, `for ${what} with ${name} or ${option}`);
    expect(ended.seconds).toBeLessThan(60);
  });

  it('a port that another part of the same program has is exit code 1 too', async () => {
    const { KAFKA_PORT = '', ...others } = await freshSettings();
    const ended = await run(['start', 'broker', 'postgres'], {
      ...others,
      KAFKA_PORT,
      POSTGRES_PORT: KAFKA_PORT,
    });
    expectOneLine(ended, 1, `port ${KAFKA_PORT}`, 'POSTGRES_PORT');
  });

  it('an address that this machine does not have is reported as HOST', async () => {
    const ended = await run(['start'], { ...(await freshSettings()), HOST: '192.0.2.1' });
    expectOneLine(ended, 1, 'HOST', '192.0.2.1', 'EADDRNOTAVAIL');
  });
});

describe('a database that is wrong', () => {
  /** Runs `start web` with this URL. */
  const startWeb = async (databaseUrl: string) =>
    run(['start', 'web'], {
      ...(await freshSettings()),
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: '127.0.0.1:1',
    });

  function changed(change: (url: URL) => void): string {
    const url = new URL(inject('databaseUrl'));
    change(url);
    return url.href;
  }

  it('a wrong password is exit code 1 at once, without the password', async () => {
    const ended = await startWeb(
      changed((url) => {
        url.password = 's3cret';
      }),
    );
    expectOneLine(ended, 1, 'DATABASE_URL', 'refuses user "shopstream"');
    expect(ended.stdout + ended.stderr).not.toContain('s3cret');
    expect(ended.seconds).toBeLessThan(60);
  });

  it('a missing database is exit code 1 at once', async () => {
    const ended = await startWeb(
      changed((url) => {
        url.pathname = '/nothing';
      }),
    );
    expectOneLine(ended, 1, 'has no database "nothing"');
    expect(ended.seconds).toBeLessThan(60);
  });

  it('a missing certificate is exit code 1', async () => {
    const ended = await startWeb(
      changed((url) => {
        url.searchParams.set('sslrootcert', '/no/such/file');
      }),
    );
    expectOneLine(ended, 1, 'DATABASE_URL', 'ENOENT');
  });

  it('a database of a newer program is exit code 1, and says which migration', async () => {
    const { url, pool } = await migratedDatabase();
    await pool.query(
      `INSERT INTO schema_migrations (version, name, sha256) VALUES (9999, '9999_future.sql', '')`,
    );
    const broker = await startTestBroker();
    const settings = {
      ...(await freshSettings()),
      DATABASE_URL: url,
      KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
    };
    for (const parts of [['web'], ['ingest'], ['ingest', 'web']]) {
      expectOneLine(
        await run(['start', ...parts], settings),
        1,
        '9999_future.sql',
        'start a newer Shopstream',
      );
    }
  });

  it('a database in which its user may make nothing is exit code 1, and says so', async () => {
    const url = await emptyDatabase();
    const mine = new URL(url);
    const admin = openTestPool(url);
    await admin.query('REVOKE CREATE ON SCHEMA public FROM pg_database_owner, PUBLIC');
    await admin.query(`REVOKE CREATE ON DATABASE ${mine.pathname.slice(1)} FROM ${mine.username}`);
    const broker = await startTestBroker();
    const settings = {
      ...(await freshSettings()),
      DATABASE_URL: mine.href,
      KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
    };
    const ended = await run(['start', 'ingest', 'web'], settings);
    expectOneLine(ended, 1, 'DATABASE_URL', 'permission denied');
    expect(ended.stdout + ended.stderr).not.toContain(mine.password);
  });
});

// These wait for as long as the program is patient, side by side.
describe.concurrent('a server that does not answer', () => {
  it('a Postgres that does not answer is exit code 1, and DATABASE_URL is named without its password', async () => {
    const url = `postgres://me:s3cret@127.0.0.1:${await freePort()}/db?password=s3cret`;
    const ended = await run(['start'], { ...(await freshSettings()), DATABASE_URL: url });
    expectOneLine(ended, 1, 'DATABASE_URL: no PostgreSQL answers at 127.0.0.1:', 'ECONNREFUSED');
    expect(ended.stdout + ended.stderr).not.toContain('s3cret');
  });

  it('a host name that is unknown is exit code 1', async () => {
    const ended = await run(['start'], {
      ...(await freshSettings()),
      DATABASE_URL: 'postgres://me@no-such-host.invalid/db',
    });
    expectOneLine(ended, 1, 'no PostgreSQL answers at no-such-host.invalid:5432');
  });

  it('a Kafka that does not answer is exit code 1, and KAFKA_BROKERS is named with every broker', async () => {
    const brokers = `127.0.0.1:${await freePort()},127.0.0.1:${await freePort()}`;
    const ended = await run(['start'], { ...(await freshSettings()), KAFKA_BROKERS: brokers });
    expectOneLine(ended, 1, 'KAFKA_BROKERS: none of', brokers.replace(',', ', '), 'ECONNREFUSED');
  });

  it('another server in the place of Kafka is exit code 1', async () => {
    const web = createServer((socket) => {
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    const address = web.address();
    const place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const [postgres, kafka] = await Promise.all([
      run(['start'], { ...(await freshSettings()), DATABASE_URL: `postgres://me@${place}/db` }),
      run(['start'], { ...(await freshSettings()), KAFKA_BROKERS: place }),
    ]);
    expectOneLine(postgres, 1, `no PostgreSQL answers at ${place}`);
    expectOneLine(kafka, 1, `KAFKA_BROKERS: none of ${place} answers`);
    web.close();
  });
});

describe('a part that needs another one', () => {
  it('a part without PostgreSQL says how to start it, or to set DATABASE_URL', async () => {
    for (const part of ['web', 'ingest']) {
      expectOneLine(
        await run(['start', part], await freshSettings()),
        1,
        'npm start -- postgres',
        'DATABASE_URL',
      );
    }
  });
});
