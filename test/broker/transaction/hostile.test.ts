// More open transactions, and longer transactional ids, than a broker has memory for: it refuses the excess with an error, keeps
// serving, and has room again once some have ended. HOSTILE_TRANSACTIONS sets how many (100,000 in the slow form).

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { createTopic } from '../requests.ts';
import { residentBytes } from '../resident-bytes.ts';
import { brokerProcess, testFolder } from '../running-broker.ts';
import {
  addPartitions,
  endTransaction,
  initTransactions,
  type TestProducer,
} from '../transaction-requests.ts';
import { type WireClient, wireClient } from '../wire-client.ts';

const COUNT = Number(process.env.HOSTILE_TRANSACTIONS ?? 2000);
const LONG_IDS = 30 + Math.ceil(COUNT / 500); // more than the room that is left has place for
const LONG_ID = 30_000; // characters
const TIMEOUT_MS = 900_000; // the longest: none ends by itself
const AT_A_TIME = 500;
const BYTES_EACH = 800; // of one that is open
const MAX_MEMORY = 150e6 + COUNT * 3000;

type Opened = { readonly error: number; readonly producer: TestProducer };

async function openOne(client: WireClient, id: string): Promise<Opened> {
  const { error, ...producer } = await initTransactions(client, id, TIMEOUT_MS);
  if (error !== ErrorCode.NONE) return { error, producer };
  return { error: await addPartitions(client, producer, 'topic'), producer };
}

async function openMany(client: WireClient, count: number, atATime: number, idOf: (n: number) => string) {
  const opened: Opened[] = [];
  for (let n = 0; n < count; n += atATime) {
    const some = Array.from({ length: Math.min(atATime, count - n) }, (_, i) => idOf(n + i));
    opened.push(...(await Promise.all(some.map((id) => openOne(client, id)))));
  }
  return opened;
}

const longId = (n: number) => `${n}-${'x'.repeat(LONG_ID)}`;

const errorsOf = (opened: readonly Opened[]) => new Set(opened.map(({ error }) => error));

test(`${COUNT} open transactions and ${LONG_IDS} long ids take no more memory than they may`, {
  timeout: 60_000 + COUNT * 5,
}, async () => {
  const maxTransactionBytes = COUNT * BYTES_EACH;
  const { port, pid } = await brokerProcess({ dataDir: testFolder(), maxTransactionBytes });
  const client = await wireClient(port);
  await createTopic(client, 'topic');
  const short = await openMany(client, COUNT, AT_A_TIME, (n) => `open-${n}`);
  expect(errorsOf(short)).toEqual(new Set([ErrorCode.NONE]));
  const long = await openMany(client, LONG_IDS, 1, longId);
  expect(errorsOf(long)).toContain(ErrorCode.POLICY_VIOLATION);
  expect(residentBytes(pid)).toBeLessThan(MAX_MEMORY);
  console.log(`${Math.round(residentBytes(pid) / 1e6)} MB with ${COUNT} open`);
  for (const { producer } of short.slice(0, 500))
    expect(await endTransaction(client, producer, false)).toBe(ErrorCode.NONE);
  expect((await openOne(client, longId(LONG_IDS))).error).toBe(ErrorCode.NONE);
});
