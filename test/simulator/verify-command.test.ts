// `simulate verify` to its end: which run it takes, what it prints, and the exit code.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { describeCluster } from '../../src/kafka/client.ts';
import { type LedgerEntry, type LedgerHead, ledgerFile } from '../../src/simulator/ledger/entry.ts';
import { expectOneLine, runHere } from '../support/command.ts';
import { migratedDatabase } from '../support/database.ts';
import { startTestBroker, temporaryFolder, testKafka } from '../support/line.ts';

const [EARLIER, LATER] = ['20260301T090000-ffffff', '20260302T090000-000000'];
const TOPIC = 'ecommerce';

let settings: Record<string, string>;
let cluster: string;
beforeAll(async () => {
  const { url } = await migratedDatabase();
  const { port } = await startTestBroker();
  const kafka = testKafka(port);
  cluster = await describeCluster(kafka, { brokers: [`127.0.0.1:${port}`], ssl: false, sasl: undefined });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2 }] });
  await admin.disconnect();
  settings = { DATABASE_URL: url, KAFKA_BROKERS: `127.0.0.1:${port}`, LOG_LEVEL: 'warn' };
});

let dataDir: string;
beforeEach(() => {
  dataDir = temporaryFolder();
});

const verify = (...args: string[]) =>
  runHere(['simulate', 'verify', ...args], { ...settings, DATA_DIR: dataDir });

const entry = (n: number): LedgerEntry => ({
  n,
  order_id: String(n).padStart(32, '0'),
  at: 0,
  faults: [],
  expect: 'stored',
  content: 'x',
  time: 1_000,
});

/** Writes a ledger that came to its end. */
function write(run: string, entries: readonly LedgerEntry[] = [], changes: Partial<LedgerHead> = {}): void {
  const head = {
    run,
    version: '1',
    command: '',
    target: 'kafka',
    topic: TOPIC,
    cluster,
    from: {},
    ...changes,
  };
  const file = ledgerFile(dataDir, run);
  mkdirSync(path.dirname(file), { recursive: true });
  const lines = [head, ...entries, { ended: '2026-03-02T09:00:00.000Z', sends: entries.length }];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

it('the last run is compared where none is named, and exit code 0 says that nothing differs', async () => {
  write(LATER);
  write(EARLIER, [entry(1)]);
  const told = await verify();
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(told.stdout).toMatch(new RegExp(`^run ${LATER}, target kafka\n.*\n0 differences\n$`));
});

it('a run that is named is compared, and exit code 1 says that something differs', async () => {
  write(LATER);
  write(EARLIER, [entry(1)]);
  const { code, stdout } = await verify(EARLIER, '--without-sessions');
  expect(code).toBe(1);
  const [head, , counts = '', ...differences] = stdout.trimEnd().split('\n');
  expect(head).toBe(`run ${EARLIER}, target kafka`);
  expect(counts.trim().split(/ +/)).toEqual(['stored', '1', '0']);
  expect(differences).toEqual([
    `n 1 (${entry(1).order_id}): is not in Kafka`,
    `n 1 (${entry(1).order_id}): is not in the table, expected a row`,
    '2 differences',
  ]);
});

it('files beside the ledgers are no runs', async () => {
  write(EARLIER);
  writeFileSync(path.join(path.dirname(ledgerFile(dataDir, '')), 'run-zzz.ndjson.part'), '');
  writeFileSync(path.join(path.dirname(ledgerFile(dataDir, '')), 'rerun-zzz.ndjson'), '');
  expect((await verify()).stdout).toContain(`run ${EARLIER}, `);
});

it('a folder without a run, or without a folder for them, is one line that names it', async () => {
  const folder = path.dirname(ledgerFile(dataDir, ''));
  const words = `simulate: received no run, and ${folder} has no ledger of one, expected the id of a run`;
  expectOneLine(await verify(), 1, words);
  mkdirSync(folder);
  expectOneLine(await verify(), 1, words);
});

it('a run without a ledger, or of another cluster, is one line that says so', async () => {
  expectOneLine(await verify('none'), 1, ledgerFile(dataDir, 'none'), 'expected the ledger of a run');
  write(LATER, [], { cluster: 'elsewhere' });
  expectOneLine(
    await verify(),
    1,
    `the run was on cluster elsewhere, and KAFKA_BROKERS is cluster ${cluster}`,
  );
});
