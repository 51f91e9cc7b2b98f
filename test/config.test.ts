import { homedir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, optionName, readConfig, type SettingName, settings } from '../src/config.ts';

/** The message with which a value is refused. */
function refusal(name: SettingName, value: string): string {
  try {
    readConfig({}, { [name]: value });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`${name} took ${JSON.stringify(value)}`);
}

/** What each setting takes, and what comes out of it. */
const GOOD: readonly (readonly [SettingName, string, unknown])[] = [
  ['HOST', '0.0.0.0', '0.0.0.0'],
  ['HOST', '::1', '::1'],
  ['PORT', '1', 1],
  ['PORT', '65535', 65535],
  ['DATA_DIR', 'some/folder', path.resolve('some/folder')],
  ['DATA_DIR', '~', homedir()],
  ['DATA_DIR', '~/shop', path.join(homedir(), 'shop')],
  ['DATA_DIR', '~shop', path.resolve('~shop')],
  ['COUNTRY_FILE', '~/countries.mmdb', path.join(homedir(), 'countries.mmdb')],
  ['KAFKA_BROKERS', 'a:9092', ['a:9092']],
  ['KAFKA_BROKERS', 'a:9092, b.example:9093 ,[::1]:9094', ['a:9092', 'b.example:9093', '[::1]:9094']],
  ['KAFKA_TOPIC', 'Shop.events_2-a', 'Shop.events_2-a'],
  ['KAFKA_GROUP', 'two words', 'two words'],
  ['KAFKA_SSL', 'true', 'true'],
  ['KAFKA_SASL', 'PLAIN:me:a:b', { mechanism: 'plain', username: 'me', password: 'a:b' }],
  [
    'CORS_ORIGINS',
    'https://A.example/, http://localhost:5173',
    ['https://a.example', 'http://localhost:5173'],
  ],
  ['CORS_ORIGINS', '*', '*'],
  ['PUBLIC_URL', 'https://X.org', { origin: 'https://x.org', hostname: 'x.org', path: '' }],
  ['PUBLIC_URL', 'https://x.org./a', { origin: 'https://x.org.', hostname: 'x.org', path: '/a' }],
  ['PUBLIC_URL', 'http://x.org:8080/a/b/', { origin: 'http://x.org:8080', hostname: 'x.org', path: '/a/b' }],
  [
    'PUBLIC_URL',
    'https://[2001:DB8::1]/',
    { origin: 'https://[2001:db8::1]', hostname: '2001:db8::1', path: '' },
  ],
  ['KAFKA_SASL', 'scram-sha-512:me:x', { mechanism: 'scram-sha-512', username: 'me', password: 'x' }],
  ['DATABASE_URL', 'postgres://me@host/db', 'postgres://me@host/db'],
  ['DATABASE_URL', 'postgresql://me:p%40ss@[::1]:5432/db', 'postgresql://me:p%40ss@[::1]:5432/db'],
  ['TIME_ZONE', 'Europe/Berlin', 'Europe/Berlin'],
  ['TIME_ZONE', 'utc', 'UTC'],
  ['TIME_ZONE', 'Asia/Kolkata', 'Asia/Kolkata'],
  ['TIME_ZONE', 'Europe/Kyiv', 'Europe/Kyiv'],
  ['COOKIE_SECRET', '0123456789abcdef', '0123456789abcdef'],
  ['OUTBOX_MB', '1', 1],
  ['LOG_LEVEL', 'silent', 'silent'],
];

const PORTS = [
  '0',
  '65536',
  '-1',
  '3000.5',
  '3e3',
  '0x50',
  ' 80',
  '80 ',
  'http',
  '٣٠٠٠',
  '99999999999999999999',
];
const BAD: Readonly<Partial<Record<SettingName, readonly string[]>>> = {
  PORT: PORTS,
  KAFKA_PORT: PORTS,
  POSTGRES_PORT: PORTS,
  KAFKA_BROKERS: [
    'a',
    'a:',
    ':9092',
    'a:9092,',
    'a:9092;b:9092',
    'http://a:9092',
    'a:b',
    'a:65536',
    'a:0',
    ',',
  ],
  KAFKA_TOPIC: ['two words', 'a/b', 'é', '.', '..', 'x'.repeat(250)],
  KAFKA_SSL: ['yes', '1', 'TRUE'],
  PUBLIC_URL: [
    'x.org',
    'ftp://x.org',
    'https://',
    'https://x.org/?a',
    'https://me:secret@x.org',
    'https://x.org/a b',
    'https://x.org//a',
    'https://x.org/"',
  ],
  CORS_ORIGINS: [
    'a.example',
    'https://a.example/path',
    'null',
    'https://*.example',
    'https://a.example:443',
    ',',
    'ftp://a',
  ],
  KAFKA_SASL: ['plain', 'plain:me', 'plain:me:', 'md5:me:secret', 'plain::secret'],
  DATABASE_URL: [
    'host/db',
    'mysql://me:secret@host/db',
    'postgres:///db',
    'postgres://me:secret@host:99999/db',
    'postgres://me:se%ret@host/db',
    'postgres://me@host/%zz',
  ],
  TIME_ZONE: ['Berlin', 'Europe/Nowhere', '+05:00', '-03', 'UTC+2'],
  COOKIE_SECRET: ['too short'],
  OUTBOX_MB: ['0', '-1', '1.5', '64MB', '1000001'],
  LOG_LEVEL: ['verbose', 'INFO'],
};
const bad = Object.entries(BAD).flatMap(([name, values]) =>
  values.map((value) => [name as SettingName, value] as const),
);

describe('readConfig', () => {
  it.each(GOOD)('takes %s=%s', (name, text, value) => {
    expect(readConfig({}, { [name]: text })[name]).toEqual(value);
    expect(readConfig({ [name]: text }, {})[name]).toEqual(value);
  });

  it.each(bad)('refuses %s=%s in one line that says what was expected', (name, text) => {
    const message = refusal(name, text);
    expect(message).toContain(`${name}: received`);
    expect(message).toContain(`expected ${settings[name].expected}`);
    expect(message).not.toContain('\n');
  });

  it.each([
    ['KAFKA_SASL', 'md5:me:s3cret'],
    ['DATABASE_URL', 'mysql://me:s3cret@host/db'],
    ['DATABASE_URL', 'postgres://me:s3cret%@host/db'],
    ['COOKIE_SECRET', 's3cret'],
  ] as const)('never shows the secret of a wrong %s', (name, text) => {
    expect(refusal(name, text)).not.toContain('s3cret');
  });

  it('shows a value with line breaks on one line', () => {
    expect(refusal('KAFKA_TOPIC', 'a\nb')).not.toContain('\n');
  });

  it('has a default for all that may not be absent', () => {
    const config = readConfig({}, {});
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATA_DIR: path.resolve('data'),
      KAFKA_PORT: 9092,
      KAFKA_TOPIC: 'ecommerce',
      KAFKA_GROUP: 'shopstream-ingest',
      POSTGRES_PORT: 5433,
      AGGREGATOR_CHECK_SECONDS: 60,
      LOG_LEVEL: 'info',
    });
    expect(config.DATABASE_URL).toBeUndefined();
    expect(config.KAFKA_BROKERS).toBeUndefined();
  });

  it('lets an option win over the environment, and the environment over the default', () => {
    expect(readConfig({ PORT: '1' }, { PORT: '2' }).PORT).toBe(1);
    expect(readConfig({}, { PORT: '2' }).PORT).toBe(2);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({}, { PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 });
  });

  it('takes no line end for a part of a variable, as a file from Windows or a secret of Docker leaves it there', () => {
    const env = { PORT: '80\r', ADMIN_PASSWORD: 'abc def \n', DATA_DIR: '/x\r\n', COOKIE_SECRET: '\r' };
    expect(readConfig({}, env)).toMatchObject({ PORT: 80, ADMIN_PASSWORD: 'abc def ', DATA_DIR: '/x' });
    expect(readConfig({}, env).COOKIE_SECRET).toBeUndefined();
  });

  it('refuses an empty option, which nobody writes on purpose', () => {
    expect(() => readConfig({ PORT: '' }, {})).toThrow('PORT: received ""');
  });

  it('ignores what is no setting', () => {
    expect(Object.keys(readConfig({}, { PATH: '/bin', __proto__: 'x' })).sort()).toEqual(
      Object.keys(settings).sort(),
    );
  });

  it('gives something that nobody can change', () => {
    const config = readConfig({}, {}) as { PORT: number };
    expect(() => {
      config.PORT = 1;
    }).toThrow(TypeError);
  });

  it('names options as their settings, in kebab-case', () => {
    expect(optionName('KAFKA_PORT')).toBe('--kafka-port');
    expect(optionName('HOST')).toBe('--host');
  });
});
