// Transactional ids: who is fenced, which are found, and which are refused.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { fetch } from '../requests.ts';
import {
  addOffsets,
  addPartitions,
  endTransaction,
  findTransactionCoordinator,
  initTransactions,
  newProducer,
  produceInTransaction,
} from '../transaction-requests.ts';
import { type WireClient, wireClient } from '../wire-client.ts';
import { batchesOf, COMMITTED, decided, newId, write } from './in-transaction.ts';
import { newTopic } from './ready.ts';

/** The transactional ids that a pattern finds, of those that begin with `prefix`. */
async function idsLike(client: WireClient, pattern: string | null, prefix: string) {
  const answer = await client.ask(66, 2, (w) =>
    w
      .array([], () => {})
      .array([], () => {})
      .int64(-1)
      .string(pattern),
  );
  answer.int32();
  const error = answer.int16();
  answer.array(() => answer.string());
  const ids = answer.structs(() => [answer.string(), answer.int64(), answer.string()][0]);
  return { error, ids: ids.filter((id) => String(id).startsWith(prefix)).sort() };
}

export function transactionalIds(port: () => number): void {
  test('a producer that starts again fences the one before it, whose transaction is aborted', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const id = newId();
    const zombie = await newProducer(client, id);
    await write(client, zombie, topic, 0, ['left open']);
    const next = await newProducer(client, id);
    expect(next.producerId).toBe(zombie.producerId);
    expect(next.epoch).toBeGreaterThan(zombie.epoch);
    await decided(client, topic, 2);
    expect((await produceInTransaction(client, zombie, topic, 1, ['late'])).error).toBe(
      ErrorCode.INVALID_PRODUCER_EPOCH,
    );
    expect(await addPartitions(client, zombie, topic)).toBe(ErrorCode.PRODUCER_FENCED);
    expect(await addOffsets(client, zombie, 'group')).toBe(ErrorCode.PRODUCER_FENCED);
    expect(await endTransaction(client, zombie, true)).toBe(ErrorCode.PRODUCER_FENCED);
    await write(client, next, topic, 0, ['of the next']);
    expect(await endTransaction(client, next, true)).toBe(ErrorCode.NONE);
    await decided(client, topic, 4);
    expect((await fetch(client, topic, COMMITTED)).aborted).toEqual([
      { producerId: zombie.producerId, firstOffset: 0 },
    ]);
  });

  test('a transaction that is open for too long is aborted, and its producer fenced', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const producer = await newProducer(client, newId(), 1000);
    await write(client, producer, topic, 0, ['slow']);
    await decided(client, topic, 2);
    const { epoch } = producer;
    expect(batchesOf(await fetch(client, topic))).toEqual([
      { offset: 0, isMarker: false, epoch },
      { offset: 1, isMarker: true, epoch: epoch + 1 },
    ]);
    await expect.poll(() => endTransaction(client, producer, true)).toBe(ErrorCode.PRODUCER_FENCED);
  }, 40_000);

  test("transactional ids are listed by a pattern of RE2's syntax that fits the whole of them", async () => {
    const client = await wireClient(port());
    const prefix = newId();
    const [one, other] = [`${prefix}.a1`, `${prefix}+b2`];
    for (const id of [one, other]) await newProducer(client, id);
    const found = async (pattern: string | null) => (await idsLike(client, pattern, prefix)).ids;
    for (const all of [null, '', '.*', `${prefix}.[ab]\\d`]) expect(await found(all)).toEqual([other, one]);
    expect(await found(`${prefix}\\.\\pL1`)).toEqual([one]);
    expect(await found(`(?i)TRANSACTIONAL-.*(a1|x)`)).toEqual([one]);
    expect(await found(`\\Q${other}\\E`)).toEqual([other]);
    for (const part of ['a1', `${prefix}`, `${prefix}.a`]) expect(await found(part)).toEqual([]);
    const { INVALID_REGULAR_EXPRESSION } = ErrorCode;
    for (const wrong of ['(', 'a**', '(?=a)', '(a)\\1', 'a{1001}'])
      expect(await idsLike(client, wrong, prefix)).toEqual({ error: INVALID_REGULAR_EXPRESSION, ids: [] });
  });

  test('a transactional id without characters and a timeout that is too long are refused', async () => {
    const client = await wireClient(port());
    const id = newId();
    await findTransactionCoordinator(client, id);
    expect((await initTransactions(client, '')).error).toBe(ErrorCode.INVALID_REQUEST);
    expect((await initTransactions(client, id, 2 ** 30)).error).toBe(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  });
}
