// What the command line takes, and what it says to somebody who got it wrong: one line, and the right exit code.

import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionName, readConfig, type SettingName, settings } from '../src/config.ts';
import { start } from '../src/processes/start.ts';
import { packageRoot } from '../src/runtime/paths.ts';
import { version } from '../src/runtime/version.ts';
import { expectOneLine, run, runHere } from './support/command.ts';
import { freePort } from './support/ports.ts';

const NAMES = Object.keys(settings) as SettingName[];

/** For each setting a text that can't be used. */
const WRONG: Readonly<Record<SettingName, string>> = {
  HOST: '',
  PORT: 'http',
  DATA_DIR: '',
  KAFKA_BROKERS: 'localhost',
  KAFKA_PORT: '0',
  KAFKA_TOPIC: 'two words',
  KAFKA_GROUP: '',
  KAFKA_SSL: 'yes',
  KAFKA_SASL: 'md5:me:s3cret',
  DATABASE_URL: 'mysql://me:s3cret@host/db',
  POSTGRES_PORT: '65536',
  TIME_ZONE: 'Mars/Olympus',
  COOKIE_SECRET: 's3cret',
  ADMIN_PASSWORD: 's3cret',
  OUTBOX_MB: '64MB',
  TRUST_PROXY: '11',
  STORE_IP: 'some',
  RATE_LIMIT: '0',
  STREAM_LIMIT: 'many',
  PUBLIC_URL: 'example.org',
  CORS_ORIGINS: 'example.org',
  INGEST_METRICS_PORT: '-1',
  COUNTRY_FILE: '',
  AGGREGATOR_CHECK_SECONDS: '3601',
  SIMULATOR: 'yes',
  LOG_LEVEL: 'loud',
};

/** The commands, by their words: whether they take the settings, and the options that each has for itself. */
const COMMANDS: readonly (readonly [words: string, hasSettings: boolean, own: string])[] = [
  ['start', true, 'quiet'],
  ['seed', true, 'strict'],
  ['replica', false, 'rows seed out'],
  ['verify', true, ''],
  ['explore', false, 'json'],
  ['aggregate lint', false, 'json'],
  ['aggregate test', false, ''],
  ['aggregate sql', false, ''],
  ['aggregate explain', false, 'now'],
  ['aggregate run', true, 'now format out commit-ms discard topic'],
  [
    'simulate run',
    true,
    'users rate duration seed persona target chaos curve clock scenario url dry-run replay speed ' +
      'longest-gap keep-timing loop map from to',
  ],
  ['simulate replay', true, 'seed clock chaos dry-run speed longest-gap keep-timing loop map from to'],
  ['simulate verify', true, 'wait without-sessions'],
  ['pipeline show', true, 'url json'],
  ['pipeline kill', true, 'url'],
  ['pipeline resume', true, 'url'],
  ['pipeline pause', true, 'url for'],
  ['pipeline fault', true, 'url for late'],
  ['pipeline heal', true, 'url'],
  ['sessions run', false, 'format gap memory spill rejects answer rule multi-event-only'],
  ['sessions explain', false, 'format gap memory spill rejects files'],
  ['sessions gaps', false, 'format gap memory spill rejects'],
  ['sessions verify', true, 'hours source'],
  ['clicks', false, 'rows seed profile parts out'],
];

describe('help', () => {
  it('the program prints help for --help and help, and the version for --version', async () => {
    const answers = await Promise.all([runHere(['--help']), runHere(['help']), run(['--version'])]);
    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(answers[2]?.stdout).toBe(`${version}\n`);
    expect(answers[0]?.stdout).not.toContain('run-part');
  });

  it.each(COMMANDS)('help of %s names each of its options, and no other', async (words, hasSettings, own) => {
    const { code, stdout } = await runHere([...words.split(' '), '--help']);
    expect(code).toBe(0);
    const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(shown.toSorted()).toEqual(
      [
        ...`help ${own}`
          .trim()
          .split(' ')
          .map((name) => `--${name}`),
        ...(hasSettings ? NAMES.map(optionName) : []),
      ].toSorted(),
    );
  });

  it('help says the default of each setting', async () => {
    const text = (await runHere(['start', '--help'])).stdout.replaceAll(/\s+/g, ' ');
    for (const name of NAMES) {
      const { fallback, help } = settings[name];
      expect(text).toContain(`${optionName(name)} <value> ${help}`);
      if (fallback !== undefined) expect(text).toContain(`${help} (default: ${fallback})`);
    }
  });

  it.each(['explain', 'run'])(
    'help of aggregate %s says in words which clock is meant without --now',
    async (name) => {
      const { stdout } = await runHere(['aggregate', name, '--help']);
      expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/--now <time> [^(]*\(default: the machine's\)/);
    },
  );

  it('help of simulate alone tells of the options of a run as well', async () => {
    expect((await runHere(['simulate', '--help'])).stdout).toContain('--users <number>');
  });

  it('a command line without a command lists the commands, as an error', async () => {
    const { code, stderr } = await runHere([]);
    expect(code).toBe(2);
    expect(stderr).toContain('start');
  });
});

describe('a setting', () => {
  it.each(NAMES)(
    '%s is refused as an option and from the environment, in one line, and no secret is shown',
    async (name) => {
      const { expected } = settings[name];
      const came = 'secret' in settings[name] ? 'a value that cannot be used' : JSON.stringify(WRONG[name]);
      const words = `${name}: received ${came}, expected ${expected}`;
      const option = `${optionName(name)}=${WRONG[name]}`;
      const ends = [await runHere(['pipeline', 'heal', option])];
      // An empty variable is none.
      if (WRONG[name] !== '') ends.push(await runHere(['pipeline', 'heal'], { [name]: WRONG[name] }));
      for (const ended of ends) {
        expectOneLine(ended, 2, words);
        expect(ended.stdout + ended.stderr).not.toContain('s3cret');
      }
    },
  );

  it('a setting reaches the command as an option, which wins over the environment', async () => {
    const [port, other] = [await freePort(), await freePort()].map(String) as [string, string];
    const words = (of: string) => `received no answer from http://127.0.0.1:${of}, expected a running shop`;
    expectOneLine(await runHere(['pipeline', 'heal', '--port', port], { PORT: other }), 1, words(port));
    expectOneLine(await runHere(['pipeline', 'heal'], { PORT: other }), 1, words(other));
  });

  it('LOG_LEVEL=debug tells the fields of what has failed too, from the environment and as an option', async () => {
    const port = String(await freePort());
    const args = ['pipeline', 'heal', '--port', port];
    const told = [
      await runHere(args, { LOG_LEVEL: 'debug' }),
      await runHere([...args, '--log-level', 'debug']),
      await runHere([...args, '--log-level', 'info'], { LOG_LEVEL: 'debug' }),
    ];
    expect(told.map(({ stderr }) => stderr.includes("type: 'ExpectationError'"))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('a setting can not be left without its value, as --port at the end', async () => {
    expectOneLine(await runHere(['start', '--port']), 2, "'--port <value>' argument missing");
  });
});

describe('a command line that is wrong', () => {
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['start', '--nonsense'], "unknown option '--nonsense'"],
    [['verify', 'product.csv'], "too many arguments for 'verify'"],
    [['explore'], "missing required argument 'file'"],
    [['aggregate'], "missing required argument 'definition'"],
    [['aggregate', 'lint'], "missing required argument 'definition'"],
    [['aggregate', 'sql', 'a.json'], "missing required argument 'file'"],
    [['pipeline', 'kill'], "missing required argument 'part'"],
    [['pipeline', 'fault', 'kafka'], "missing required argument 'kind'"],
    [['sessions'], "missing required argument 'file'"],
    [['sessions', 'explain', 'a'], "required option '--files <file...>' not specified"],
    [['run-part'], "missing required argument 'part'"],
    [['run-part', 'constructor'], "argument 'part'. Allowed choices are postgres, broker,"],
    [
      ['start', 'kafka'],
      'received part "kafka", expected postgres, broker, ingest, web, live, aggregator, simulator',
    ],
  ] as const)('is exit code 2 and one line: %j', async (args, words) => {
    expectOneLine(await runHere(args), 2, words);
  });

  it.each([
    [['replica', '--rows', 'many'], '--rows <number>', 'many', 'Expected a whole number.'],
    [['replica', '--seed', '1.5'], '--seed <number>', '1.5', 'Expected a whole number.'],
    [['aggregate', 'a', '--commit-ms', '-1'], '--commit-ms <number>', '-1', 'Expected a whole number.'],
    [['aggregate', 'a', '--format', 'xml'], '--format <format>', 'xml', 'Allowed choices are ndjson, csv.'],
    [['aggregate', 'a', '--now', 'noon'], '--now <time>', 'noon', 'Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.'],
    [['aggregate', 'explain', 'a', '--now', ''], '--now <time>', '', 'Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.'],
    [['simulate', '--users', '1e3'], '--users <number>', '1e3', 'Expected a whole number.'],
    [['simulate', '--seed', '0x1'], '--seed <number>', '0x1', 'Expected a whole number.'],
    [['simulate', '--clock', 'now'], '--clock <time>', 'now', 'Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.'],
    [['simulate', 'replay', '--from', '0'], '--from <time>', '0', 'Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.'],
    [['simulate', 'replay', '--to', 'now'], '--to <time>', 'now', 'Expected YYYY-MM-DDTHH:mm:ss[.sss]Z.'],
    [['simulate', 'verify', '--wait', '1m'], '--wait <seconds>', '1m', 'Expected a whole number.'],
    [
      ['sessions', 'a', '--format', 'xml'],
      '--format <format>',
      'xml',
      'Allowed choices are json, csv, table.',
    ],
    [['sessions', 'a', '--rule', 'any'], '--rule <name>', 'any', 'Allowed choices are ours, flink, spark,'],
    [['sessions', 'a', '--answer', 'x'], '--answer <name...>', 'x', 'Allowed choices are files, values,'],
    [['sessions', 'verify', '--hours', 'x'], '--hours <number>', 'x', 'Expected a whole number.'],
    [['sessions', 'verify', '--source', 'x'], '--source <name>', 'x', 'Allowed choices are live, dataset.'],
    [['clicks', '--rows', '-5'], '--rows <number>', '-5', 'Expected a whole number.'],
    [['clicks', '--profile', 'x'], '--profile <name>', 'x', 'Allowed choices are original, returning.'],
    [['clicks', '--parts', '0'], '--parts <number>', '0', 'Expected a whole number from 1 to 500.'],
  ] as const)(
    'names the option, what came and what was expected: %j',
    async (args, option, came, expected) => {
      expectOneLine(await runHere(args), 2, `option '${option}' argument '${came}' is invalid. ${expected}`);
    },
  );

  it.each([
    [['run-part'], {}, 'received part "run-part"'],
    [['__proto__'], {}, 'received part "__proto__"'],
    [['web', ''], {}, 'received part ""'],
    [['broker'], { KAFKA_BROKERS: 'a:9092' }, 'KAFKA_BROKERS names a server'],
    [['postgres'], { DATABASE_URL: 'postgres://a@b/c' }, 'DATABASE_URL names a server'],
  ])('is refused as a part to start: %j', async (parts, given, words) => {
    await expect(start(readConfig(given, {}), parts, {})).rejects.toThrow(words);
  });
});

describe('an option that its command checks', () => {
  it.each([
    [['simulate', '--rate', 'fast'], 2, 'received "fast"'],
    [['simulate', '--persona', 'nobody'], 2, 'received "nobody"'],
    [['simulate', '--chaos', 'lates=5%'], 2, 'received "lates=5%"'],
    [['simulate', '--duration', 'long'], 2, 'received "long"'],
    [['simulate', '--target', 'ftp'], 2, 'received "ftp"'],
    [['simulate', '--curve', 'round'], 2, 'received "round"'],
    [['simulate', '--url', 'x.org'], 2, 'url: received "x.org", expected one as http://127.0.0.1:3000'],
    [['simulate', '--speed', '2x'], 2, 'received --speed, which only a replay has'],
    [['simulate', '--replay', 'a.csv', '--users', '5'], 2, 'received --users with --replay'],
    [['simulate', 'replay'], 2, 'received no file, expected one, or --from'],
    [['simulate', 'replay', 'a.csv', '--speed', '0x'], 2, 'speed: received "0x", expected 10x, 0.5x or max'],
    [
      ['pipeline', 'pause', 'web', '--for', 'long'],
      1,
      'for: received "long", expected a time as 30s, 10m or 2h',
    ],
    [['pipeline', 'fault', 'kafka', 'slow', '--late', 'x'], 1, 'late: received "x", expected a time as 30s'],
    [['sessions', 'a.json', '--gap', 'x'], 1, '--gap: received "x", expected a time as 30s'],
    [['sessions', 'a.json', '--memory', 'x'], 1, 'received "x"'],
    [['replica', '--rows', '0'], 1, 'rows: received 0, expected a whole number from 1'],
  ] as const)('is one line with what came and what was expected: %j', async (args, code, words) => {
    expectOneLine(await runHere(args), code, words);
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
