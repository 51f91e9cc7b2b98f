// `aggregate` as a user gives it: what lint, test, sql and explain print, the line of progress, and a definition that follows a topic.

import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureTopic } from '../../src/kafka/client.ts';
import { MAIN, runHere } from '../support/command.ts';
import { migratedDatabase } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';
import { example, onFiles, rowsOf } from './on-files.ts';

const FAULTY = `name: faulty
group: { fields: [user] }
aggregate:
  - { field: price, operation: SUMM }
flush: { by: TIMEOUT, timeout: { type: DAY, time: '12:00', zone: Europe/Berlim } }
`;

const { placeOf, file, aggregate } = onFiles();

describe('aggregate lint', () => {
  it('lint says of each file that it is valid, or every problem with its place and what was meant', async () => {
    const [good, bad] = [example('daily.yaml'), file('faulty.yaml', FAULTY)];
    expect(await aggregate('lint', good)).toMatchObject({
      code: 0,
      stdout: `${good}: daily is valid\n`,
      stderr: '',
    });
    const { code, stdout, stderr } = await aggregate('lint', bad, good);
    expect([code, stdout]).toEqual([1, `${good}: daily is valid\n`]);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        /faulty\.yaml:4:32 \/aggregate\/0\/operation: received "SUMM", expected .* \(did you mean SUM\?\)$/,
      ),
      expect.stringMatching(
        /faulty\.yaml:5:66 \/flush\/timeout\/zone: received "Europe\/Berlim", .* \(did you mean Europe\/Berlin\?\)$/,
      ),
    ]);
  });

  it('lint gives faults as JSON to other programs', async () => {
    const { code, stdout } = await aggregate('lint', '--json', file('faulty.yaml', FAULTY));
    expect(code).toBe(1);
    expect(JSON.parse(stdout).problems).toMatchObject([
      { pointer: '/aggregate/0/operation', line: 4, column: 32, suggestion: 'SUM' },
      { pointer: '/flush/timeout/zone', line: 5, suggestion: 'Europe/Berlin' },
    ]);
  });

  it('lint tells of a file that is not there', async () => {
    const { code, stderr } = await aggregate('lint', placeOf('none.yaml'));
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("none.yaml, which can't be read (ENOENT), expected a definition"),
    ]);
  });
});

describe('aggregate test', () => {
  it('aggregate test runs the tests inside definitions, and ends with 1 where one fails, which says in what', async () => {
    const good = example('count-per-user.yaml');
    const bad = file(
      'wrong.yaml',
      `name: wrong
group: { fields: [user] }
aggregate: [{ operation: COUNT }]
flush: { by: END_OF_STREAM }
tests:
  - { name: two are one, steps: [{ records: [{ user: A }, { user: A }] }, { end: stream, expect: [{ user: A, count: 1 }] }] }
`,
    );
    const passed = await aggregate('test', good);
    expect(passed.code).toBe(0);
    expect(passed.stdout).toMatch(/^ok {3}.*count-per-user\.yaml: .*\n[1-9] passed, 0 failed\n$/s);
    const failed = await aggregate('test', bad);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toContain(`FAIL ${bad}: two are one\n`);
    expect(failed.stdout).toContain('not flushed: {"user":"A","count":1}\n');
    expect(failed.stdout).toContain('0 passed, 1 failed\n');
  });
});

describe('aggregate sql', () => {
  it('aggregate sql prints the query over the files', async () => {
    const { code, stdout } = await aggregate('sql', example('telecom.yaml'), 'north.csv', "it's.csv");
    expect(code).toBe(0);
    expect(stdout).toMatch(/north\.csv[\s\S]*it''s\.csv[\s\S]*GROUP BY[\s\S]*;\n$/i);
  });

  it('aggregate sql says why there is no query for a TIMEOUT', async () => {
    expect(await aggregate('sql', example('daily.yaml'), 'a.csv')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('daily flushes by TIMEOUT, which outlives a query'),
    });
  });
});

describe('aggregate explain', () => {
  it('explain says in words what a definition does, and its next five flushes, local and in UTC', async () => {
    const { code, stdout } = await aggregate(
      'explain',
      example('print-shop.yaml'),
      '--now',
      '2026-03-01T00:00:00Z',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('It flushes next at\n');
    const times = stdout.split('It flushes next at\n')[1]?.trimEnd().split('\n') ?? [];
    expect(times).toHaveLength(5);
    expect(times[0]).toMatch(/^ {2}2026-03-10.* {2}2026-03-\d\dT\d\d:\d\d/);
  });

  it('explain says when a definition flushes that has no clock', async () => {
    const { code, stdout } = await aggregate('explain', example('telecom.yaml'));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\nIt flushes [^\n]+\.\n$/)]);
  });
});

describe('aggregate over files', () => {
  it('the telecom example runs over the four regions that ship with it', async () => {
    const { url } = await migratedDatabase();
    const files = ['north', 'south', 'east', 'west'].map((region) => example(`telecom/${region}.csv`));
    const { code, stdout, stderr } = await runHere(['aggregate', example('telecom.yaml'), ...files], {
      DATABASE_URL: url,
    });
    const rows = rowsOf(stdout);
    expect([code, stderr]).toEqual([0, '160 records, 0 set aside\n']);
    expect(rows).toHaveLength(32);
    expect(rows.every(({ calls }) => calls === 5)).toBe(true);
    expect([...new Set(rows.map(({ region }) => region))]).toEqual(['north', 'south', 'east', 'west']);
  });

  it('a run shows on a terminal how far it is, in a line that is gone before anything else is printed', async () => {
    const { url } = await migratedDatabase();
    const { isTTY } = process.stderr;
    onTestFinished(() => {
      process.stderr.isTTY = isTTY;
    });
    process.stderr.isTTY = true;
    const input = example('telecom/north.csv');
    const { code, stderr } = await runHere(['aggregate', example('telecom-once.yaml'), input], {
      DATABASE_URL: url,
    });
    expect(code).toBe(0);
    expect(stderr).toBe(`\r\x1b[2K${input}  100 %  40 records\r\x1b[2K40 records, 0 set aside\n`);
  });
});

describe('aggregate --topic', { timeout: 120_000 }, () => {
  it('aggregate --topic follows the events of the shop, prints what is flushed, and ends at Ctrl-C', async () => {
    const [{ url }, { port }] = await Promise.all([migratedDatabase(), startTestBroker()]);
    const kafka = testKafka(port);
    const admin = kafka.admin();
    await admin.connect();
    await ensureTopic(admin, 'ecommerce', 3);
    await admin.disconnect();
    const child = spawn(
      process.execPath,
      [MAIN, 'aggregate', example('shop-orders.yaml'), '--topic', 'ecommerce'],
      {
        env: {
          PATH: process.env.PATH ?? '',
          DATABASE_URL: url,
          KAFKA_BROKERS: `127.0.0.1:${port}`,
          DATA_DIR: temporaryFolder(),
        },
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (chunk: Buffer) => {
        printed[stream] += chunk;
      });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const producer = kafka.producer();
    await producer.connect();
    const time = '2026-11-30T13:59:59.999Z';
    const events = Array.from({ length: 100 }, (_none, at) => [
      anEvent({ product: 'sneakers', title: 'order', time }),
      ...(at % 2 === 0 ? [anEvent({ product: 'clothes', title: 'order', time })] : []),
    ]).flat();
    await producer.send({
      topic: 'ecommerce',
      messages: events.map((event) => ({ key: 'one', value: JSON.stringify(event) })),
    });
    await producer.disconnect();
    await eventually(() => printed.stdout.includes('\n'), 60);
    child.kill('SIGINT');
    expect(await closed).toBe(0);
    expect(printed.stderr).toContain(
      'shop-orders runs on ecommerce; results are in the topic aggregates.shop-orders too',
    );
    expect(rowsOf(printed.stdout)).toMatchObject([
      {
        product: 'sneakers',
        hour_time: '2026-11-30T13:00:00.000Z',
        orders: 100,
        events: 100,
        meta: { flush_type: 'CONDITION', condition: 'a hundred orders' },
      },
    ]);
  });

  it('aggregate --topic refuses a definition that waits for the end of something', async () => {
    const { code, stderr } = await aggregate(example('telecom.yaml'), '--topic', 'calls');
    expect([code, stderr]).toEqual([1, expect.stringContaining("doesn't apply to a real-time stream")]);
  });
});
