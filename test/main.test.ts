// What the command line says to somebody who got it wrong: one line, and the right exit code.

import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionName, readConfig, type SettingName, settings } from '../src/config.ts';
import { startPart } from '../src/processes/parts.ts';
import { start } from '../src/processes/start.ts';
import { messageOf } from '../src/runtime/errors.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { version } from '../src/runtime/version.ts';
import { expectOneLine, run, runHere } from './support/command.ts';
import { emptyDatabase, migratedDatabase, openTestPool, testLog } from './support/database.ts';
import { startTestBroker, temporaryFolder, testConfig } from './support/line.ts';
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
    const answers = await Promise.all([runHere(['--help']), runHere(['help']), run(['--version'])]);
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
    const ended = await runHere(['start'], { COOKIE_SECRET: 's3cret' });
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
    const { code, stderr } = await runHere([]);
    expect(code).toBe(2);
    expect(stderr).toContain('start');
  });
});

describe('a replay that can not begin', () => {
  it.each([
    ['of no file', 1, ['/no/such/file.csv'], 'received /no/such/file.csv, which doesn'],
    [
      'of a file of another kind',
      1,
      ['package.json5'],
      'received package.json5, expected .csv, .tsv or .ndjson',
    ],
    [
      'while Kafka is away',
      1,
      [path.join(packageRoot, 'package.json')],
      'KAFKA_BROKERS: none of 127.0.0.1:1 answers',
    ],
    [
      'of a range while Kafka is away',
      1,
      ['--from', '2026-01-01T00:00:00Z'],
      'KAFKA_BROKERS: none of 127.0.0.1:1 answers',
    ],
  ])('says why, the file first: %s', async (_, code, args, words) => {
    expectOneLine(
      await runHere(['simulate', 'replay', ...args], { KAFKA_BROKERS: '127.0.0.1:1' }),
      code,
      words,
    );
  });

  it.each([
    ['--rate', 'fast'],
    ['--persona', 'nobody'],
    ['--chaos', 'lates=5%'],
  ])('nor can a run with %s %s', async (option, value) => {
    expectOneLine(await runHere(['simulate', option, value]), 2, `received "${value}"`);
  });
});

it('a port that is taken is exit code 1, and the line names its setting', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  const ended = await run(['start'], { ...(await freshSettings()), POSTGRES_PORT: port });
  taken.close();
  expectOneLine(ended, 1, `port ${port} is taken`, 'for PostgreSQL with POSTGRES_PORT or --postgres-port');
});

describe('a database that is wrong', () => {
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
    const words = ['9999_future.sql', 'start a newer Shopstream'];
    expectOneLine(await run(['start', 'ingest', 'web'], settings), 1, ...words);
    for (const part of ['web', 'ingest'] as const) {
      const started = startPart[part](readConfig(settings, {}), testLog);
      for (const word of words) await expect(started).rejects.toThrow(word);
    }
  });

  it('a database in which its user may make nothing is told, without the password', async () => {
    const url = await emptyDatabase();
    const mine = new URL(url);
    const admin = openTestPool(url);
    await admin.query('REVOKE CREATE ON SCHEMA public FROM pg_database_owner, PUBLIC');
    await admin.query(`REVOKE CREATE ON DATABASE ${mine.pathname.slice(1)} FROM ${mine.username}`);
    const broker = await startTestBroker();
    const config = await testConfig(broker.port, mine.href);
    const error: unknown = await startPart.ingest(config, testLog).catch((thrown) => thrown);
    expect(messageOf(error)).toMatch(/DATABASE_URL.*permission denied/);
    expect(messageOf(error)).not.toContain(mine.password);
  });
});

describe('a part that needs another one', () => {
  it.each(['web', 'ingest'] as const)(
    '%s without PostgreSQL says how to start it, or to set DATABASE_URL',
    async (part) => {
      const started = startPart[part](readConfig(await freshSettings(), {}), testLog);
      await expect(started).rejects.toThrow(
        /npm start -- postgres.*DATABASE_URL|DATABASE_URL.*npm start -- postgres/s,
      );
    },
  );
});
