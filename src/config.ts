// All settings: the only reader of process.env, which processes/ and db/embedded/ pass on to children. One list gives names, defaults,
// validation and --help. What comes out is parsed, typed and frozen; a wrong value is a ConfigError of one line.

import path from 'node:path';
import {
  brokers,
  corsOrigins,
  databaseUrl,
  expandHome,
  limit,
  megabytes,
  oneOf,
  port,
  publicUrl,
  sasl,
  timeZone,
  topicName,
  wholeNumber,
} from './config/values.ts';
import { IP_STORAGE } from './enrichment/ip-storage.ts';
import { LOG_LEVELS } from './runtime/log-levels.ts';

/** A setting has a value that can't be used. The message says which, what came and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Setting<T, Fallback extends string | undefined> = {
  /** Undefined where the text can't be used. */
  readonly parse: (text: string) => T | undefined;
  /** As the user would write it; undefined where the setting may be absent. */
  readonly fallback: Fallback;
  readonly expected: string;
  readonly help: string;
  /** Never shown in messages. */
  readonly secret?: true;
};
const setting = <T, Fallback extends string | undefined>(definition: Setting<T, Fallback>) => definition;

export const settings = {
  HOST: setting({
    parse: (text) => (text === '' ? undefined : text),
    fallback: '127.0.0.1',
    expected: 'an address',
    help: 'address at which the shop, the API and the dashboards listen',
  }),
  PORT: setting({
    parse: port,
    fallback: '3000',
    expected: 'a port from 1 to 65535',
    help: 'port of the shop, the API and the dashboards',
  }),
  DATA_DIR: setting({
    parse: (text) => (text === '' ? undefined : path.resolve(expandHome(text))),
    fallback: './data',
    expected: 'a folder',
    help: 'folder in which the program keeps its data: kafka/, postgres/, outbox/',
  }),
  KAFKA_BROKERS: setting({
    parse: brokers,
    fallback: undefined,
    expected: 'host:port, several with commas between',
    help: 'bootstrap servers of a Kafka cluster; without it the embedded broker is used',
  }),
  KAFKA_PORT: setting({
    parse: port,
    fallback: '9092',
    expected: 'a port from 1 to 65535',
    help: 'port at which the embedded broker listens',
  }),
  KAFKA_TOPIC: setting({
    parse: topicName,
    fallback: 'ecommerce',
    expected: 'a topic name: letters, digits, dot, dash, underscore',
    help: 'topic of the events; messages that are not events are copied to <topic>.dead-letter',
  }),
  KAFKA_GROUP: setting({
    parse: (text) => (text === '' ? undefined : text),
    fallback: 'shopstream-ingest',
    expected: 'a name',
    help: 'consumer group of ingest',
  }),
  KAFKA_SSL: setting({
    parse: oneOf(['true', 'false']),
    fallback: 'false',
    expected: 'true or false',
    help: 'whether connections to the cluster use TLS',
  }),
  KAFKA_SASL: setting({
    parse: sasl,
    fallback: undefined,
    expected: 'mechanism:user:password with plain, scram-sha-256 or scram-sha-512',
    help: 'login for the cluster',
    secret: true,
  }),
  DATABASE_URL: setting({
    parse: databaseUrl,
    fallback: undefined,
    expected: 'postgres://user:password@host:5432/database',
    help: 'any PostgreSQL 15 or later; without it the embedded server is used',
    secret: true,
  }),
  POSTGRES_PORT: setting({
    parse: port,
    fallback: '5433',
    expected: 'a port from 1 to 65535',
    help: 'port at which the embedded PostgreSQL listens',
  }),
  TIME_ZONE: setting({
    parse: timeZone,
    fallback: undefined,
    expected: 'an IANA time zone as Europe/Berlin or UTC',
    help: "time zone in which a day starts at midnight (default: the database's, which is the machine's at first)",
  }),
  COOKIE_SECRET: setting({
    parse: (text) => (text.length >= 16 ? text : undefined),
    fallback: undefined,
    expected: 'at least 16 characters',
    help: 'key that signs the visitor cookie; needed when several machines serve one shop (default: made in DATA_DIR)',
    secret: true,
  }),
  ADMIN_PASSWORD: setting({
    parse: (text) => (text.length >= 8 ? text : undefined),
    fallback: undefined,
    expected: 'at least 8 characters',
    help: "password for rejected messages, the aggregator, other visitors' details, lessons, and changes to the pipeline and the simulator (default: only this machine has access)",
    secret: true,
  }),
  OUTBOX_MB: setting({
    parse: megabytes,
    fallback: '64',
    expected: 'megabytes, 1 to 1000000',
    help: 'how many megabytes of events may wait on disk while Kafka is away',
  }),
  TRUST_PROXY: setting({
    parse: (text) => wholeNumber(text, 0, 10),
    fallback: '0',
    expected: 'a number of proxies, 0 to 10',
    help: 'number of reverse proxies in front of the shop that set X-Forwarded-For, -Host and -Proto, or Forwarded',
  }),
  STORE_IP: setting({
    parse: oneOf(IP_STORAGE),
    fallback: 'truncated',
    expected: IP_STORAGE.join(', '),
    help: "how much of a visitor's address is stored: all of it, its IPv4 /24 or IPv6 /48, or nothing",
  }),
  RATE_LIMIT: setting({
    parse: limit,
    fallback: '200',
    expected: 'requests per second, 1 to 1000000, or off',
    help: 'requests per second that one address may send, as the mean of 10 s; off = any number',
  }),
  STREAM_LIMIT: setting({
    parse: limit,
    fallback: '200',
    expected: 'a number, 1 to 1000000, or off',
    help: 'live streams (server-sent events) that one address may keep open; off = any number',
  }),
  PUBLIC_URL: setting({
    parse: publicUrl,
    fallback: undefined,
    expected: 'an address as https://example.org or https://example.org/shop',
    help: 'address at which browsers find the shop behind a proxy, with its path (default: HOST and PORT)',
  }),
  CORS_ORIGINS: setting({
    parse: corsOrigins,
    fallback: undefined,
    expected: 'origins as https://example.org, several with commas between, or *',
    help: "other sites whose pages may send events to /api/events from a visitor's browser (default: none)",
  }),
  INGEST_METRICS_PORT: setting({
    parse: port,
    fallback: undefined,
    expected: 'a port from 1 to 65535',
    help: "port at which ingest itself answers /metrics (default: none; the shop's /metrics includes its metrics)",
  }),
  COUNTRY_FILE: setting({
    parse: (text) => (text === '' ? undefined : expandHome(text)),
    fallback: undefined,
    expected: 'a path',
    help: "file of addresses and their countries in MaxMind's format (default: the one in the package)",
  }),
  AGGREGATOR_CHECK_SECONDS: setting({
    parse: (text) => wholeNumber(text, 1, 3_600),
    fallback: '60',
    expected: 'seconds, 1 to 3600',
    help: 'how often, in seconds, the aggregator flushes the real-time sessions that are due',
  }),
  SIMULATOR: setting({
    parse: oneOf(['on', 'off']),
    fallback: 'on',
    expected: 'on or off',
    help: 'a few simulated shoppers, about one event a second; --quiet turns them off too',
  }),
  LOG_LEVEL: setting({
    parse: oneOf(LOG_LEVELS),
    fallback: 'info',
    expected: LOG_LEVELS.join(', '),
    help: `least level that is logged: ${LOG_LEVELS.join(', ')}; without a terminal as lines of JSON`,
  }),
} as const;

export type SettingName = keyof typeof settings;
type Parsed<N extends SettingName> = Exclude<ReturnType<(typeof settings)[N]['parse']>, undefined>;
type Optional = {
  [N in SettingName]: (typeof settings)[N]['fallback'] extends undefined ? N : never;
}[SettingName];

/** Every setting, parsed. Those without a default are absent where the user gave none. */
export type Config = Readonly<
  { [N in Exclude<SettingName, Optional>]: Parsed<N> } & { [N in Optional]?: Parsed<N> | undefined }
>;

/** Turns KAFKA_PORT into --kafka-port. */
export const optionName = (name: SettingName) => `--${name.toLowerCase().replaceAll('_', '-')}`;

/** Settings as the user wrote them, by their names. */
export type GivenSettings = Partial<Record<SettingName, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The text of a setting: a command-line option wins over the environment, which wins over the default.
 * An empty variable counts as one that is not set; a line end at its end is one of the file or the command that it came from.
 * @param given the options
 */
export function settingText(
  name: SettingName,
  given: GivenSettings = {},
  env: Environment = process.env,
): string | undefined {
  return given[name] ?? (env[name]?.replace(/[\r\n]+$/, '') || undefined) ?? settings[name].fallback;
}

/**
 * Reads the settings, each by settingText().
 * @throws {ConfigError} for the first value that can't be used
 */
export function readConfig(given: GivenSettings = {}, env: Environment = process.env): Config {
  const entries = (Object.keys(settings) as SettingName[]).map((name) => {
    const { parse, expected, ...rest }: Setting<unknown, string | undefined> = settings[name];
    const text = settingText(name, given, env);
    if (text === undefined) return [name, undefined];
    const value = parse(text);
    if (value === undefined) {
      const came = rest.secret ? 'a value that cannot be used' : JSON.stringify(text);
      throw new ConfigError(`${name}: received ${came}, expected ${expected}`);
    }
    return [name, value];
  });
  return Object.freeze(Object.fromEntries(entries)) as Config;
}
