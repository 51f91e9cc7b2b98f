// What `verify` waits for, and what it refuses to compare; run.test has what it finds.

import request from 'supertest';
import { beforeAll, expect, it } from 'vitest';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import type { Ledger } from '../../../src/simulator/ledger/read.ts';
import { type Verifier, verifyRun } from '../../../src/simulator/ledger/verify.ts';
import { anEvent } from '../../support/events.ts';
import { type Line, startLine } from '../../support/line.ts';

let line: Line;
let cluster: string;
beforeAll(async () => {
  line = await startLine();
  const admin = line.kafka.admin();
  await admin.connect();
  cluster = (await admin.describeCluster()).clusterId;
  await admin.disconnect();
  await request(line.url).post('/api/events').send(anEvent()).expect(202);
});

const ledgerOf = (of = cluster): Ledger => ({
  head: {
    run: '20260302T090000-abcdef',
    version: '1',
    command: '',
    target: 'kafka',
    topic: line.config.KAFKA_TOPIC,
    cluster: of,
    from: {},
  },
  entries: [],
  ended: true,
  sends: 0,
});
const verify = (ledger: Ledger, changes: Partial<Verifier> = {}) =>
  verifyRun(ledger, {
    kafka: line.kafka,
    pool: line.pool,
    group: line.config.KAFKA_GROUP,
    sessions: false,
    timeoutMs: 60_000,
    ...changes,
  });

it('a run of another cluster is not compared', async () => {
  const verifying = verify(ledgerOf('elsewhere'));
  await expect(verifying).rejects.toThrow(ExpectationError);
  await expect(verifying).rejects.toThrow(
    `the run was on cluster elsewhere, and KAFKA_BROKERS is cluster ${cluster}`,
  );
});

it('a run without sends is compared once ingest has read the topic, and differs in nothing', async () => {
  expect(await verify(ledgerOf())).toMatchObject({
    differences: [],
    counted: { stored: 0, duplicate: 0, setAside: new Map() },
  });
});

it('a reader that stays behind is named with where it stands, and the option that waits longer', async () => {
  await expect(verify(ledgerOf(), { group: 'nobody', timeoutMs: 300 })).rejects.toThrow(
    /^ingest has not read all of \S+ within 0\.3 s \(partition \d stands at 0 of 1\); --wait gives it longer$/,
  );
  await expect(verify(ledgerOf(), { sessions: true, timeoutMs: 300 })).rejects.toThrow(
    /^live sessions have not read all .* and --without-sessions compares all but them$/,
  );
});
