// Transactions, request by request: what commits, what is hidden, and who is fenced.

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { batchSize, nextOffset, readHeader } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { commitOffset, committedOffsets, SIMPLE } from '../group-requests.ts';
import { batch, type Fetched, fetch, listOffset, produce } from '../requests.ts';
import {
  addOffsets,
  addPartitions,
  commitWithTransaction,
  endTransaction,
  findTransactionCoordinator,
  initTransactions,
  newProducer,
  produceInTransaction,
  type TestProducer,
} from '../transaction-requests.ts';
import { type WireClient, wireClient } from '../wire-client.ts';
import { newGroup, newTopic } from './ready.ts';

const LATEST = -1;
const CONTROL = 1 << 5;
const TRANSACTIONAL = 1 << 4;
const COMMITTED = { isCommitted: true };

const newId = () => `transactional-${randomUUID()}`;

/** Base offset, whether it is a marker, and its producer's epoch, of each batch. */
function batchesOf({ records }: Fetched): { offset: number; isMarker: boolean; epoch: number }[] {
  const batches = [];
  for (let at = 0; at < records.length; at += batchSize(records, at)) {
    const { baseOffset, attributes, producerEpoch } = readHeader(records, at);
    batches.push({ offset: baseOffset, isMarker: (attributes & CONTROL) !== 0, epoch: producerEpoch });
  }
  return batches;
}

async function write(
  client: WireClient,
  producer: TestProducer,
  topic: string,
  sequence: number,
  values: readonly string[],
): Promise<void> {
  expect(await addPartitions(client, producer, topic)).toBe(ErrorCode.NONE);
  expect((await produceInTransaction(client, producer, topic, sequence, values)).error).toBe(ErrorCode.NONE);
}

/** Waits until a partition is decided up to its end: Apache Kafka writes markers after it has answered. */
async function decided(client: WireClient, topic: string, offset: number): Promise<void> {
  const stable = async () => (await listOffset(client, topic, LATEST, true)).offset;
  await expect.poll(stable).toBe(offset);
}

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

export function transactions(port: () => number): void {
  test('records are seen by read_committed once their transaction is committed, with a marker behind them', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const producer = await newProducer(client, newId());
    await write(client, producer, topic, 0, ['a', 'b']);
    const open = await fetch(client, topic, COMMITTED);
    expect(open).toMatchObject({ error: 0, highWatermark: 2, lastStableOffset: 0, aborted: [] });
    expect(open.records).toHaveLength(0);
    expect(batchesOf(await fetch(client, topic))).toMatchObject([{ offset: 0, isMarker: false }]);
    expect((await listOffset(client, topic, LATEST, true)).offset).toBe(0);
    expect((await listOffset(client, topic, LATEST)).offset).toBe(2);

    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    await decided(client, topic, 3);
    const after = await fetch(client, topic, COMMITTED);
    expect(after).toMatchObject({ highWatermark: 3, lastStableOffset: 3, aborted: [] });
    const { epoch } = producer;
    expect(batchesOf(after)).toEqual([
      { offset: 0, isMarker: false, epoch },
      { offset: 2, isMarker: true, epoch },
    ]);
  });

  test('records of an aborted transaction are listed as such', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const producer = await newProducer(client, newId());
    await produce(client, topic, batch({ values: ['before'], timestamps: [Date.now()] }));
    await write(client, producer, topic, 0, ['a', 'b']);
    expect(await endTransaction(client, producer, false)).toBe(ErrorCode.NONE);
    await decided(client, topic, 4);
    await write(client, producer, topic, 2, ['c']);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    await decided(client, topic, 6);
    const { producerId } = producer;
    const aborted = [{ producerId, firstOffset: 1 }];
    expect((await fetch(client, topic, COMMITTED)).aborted).toEqual(aborted);
    expect((await fetch(client, topic, { ...COMMITTED, offset: 2 })).aborted).toEqual(aborted);
    expect((await fetch(client, topic, { ...COMMITTED, offset: 3 })).aborted).toEqual(aborted);
    expect((await fetch(client, topic, { ...COMMITTED, offset: 4 })).aborted).toEqual([]);
    expect((await fetch(client, topic)).aborted).toEqual([]);
    expect(batchesOf(await fetch(client, topic)).map(({ isMarker }) => isMarker)).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  test('a transaction that is open hides what comes behind it, also what is committed', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const [one, other] = [await newProducer(client, newId()), await newProducer(client, newId())];
    await produce(client, topic, batch({ values: ['before'], timestamps: [Date.now()] }));
    await write(client, one, topic, 0, ['open']);
    await write(client, other, topic, 0, ['committed']);
    expect(await endTransaction(client, other, true)).toBe(ErrorCode.NONE);
    await produce(client, topic, batch({ values: ['plain'], timestamps: [Date.now()] }));
    const seen = await fetch(client, topic, COMMITTED);
    expect(batchesOf(seen)).toMatchObject([{ offset: 0 }]);
    expect(seen.lastStableOffset).toBe(1);
    expect((await fetch(client, topic, { ...COMMITTED, offset: 1 })).records).toHaveLength(0);
    expect(await endTransaction(client, one, false)).toBe(ErrorCode.NONE);
    await decided(client, topic, 6);
    expect((await fetch(client, topic, COMMITTED)).aborted).toEqual([
      { producerId: one.producerId, firstOffset: 1 },
    ]);
  });

  test('a waiting reader of committed records is woken by the end of a transaction', async () => {
    const [reader, client] = [await wireClient(port()), await wireClient(port())];
    const topic = await newTopic(client);
    const producer = await newProducer(client, newId());
    const waiting = fetch(reader, topic, { ...COMMITTED, maxWaitMs: 20_000 });
    await write(client, producer, topic, 0, ['a']);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    const { records } = await waiting;
    expect(nextOffset(records, 0)).toBe(1);
  });

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

  test('offsets are committed with their transaction, and only if it is', async () => {
    const client = await wireClient(port());
    const [topic, group] = [await newTopic(client), await newGroup(client)];
    const producer = await newProducer(client, newId());
    const offset = async () => (await committedOffsets(client, group, [topic])).get(topic)?.offset;
    expect(await addOffsets(client, producer, group)).toBe(ErrorCode.NONE);
    expect(await commitWithTransaction(client, producer, group, topic, 7)).toBe(ErrorCode.NONE);
    expect(await offset()).toBe(-1);
    expect(await endTransaction(client, producer, false)).toBe(ErrorCode.NONE);
    expect(await addOffsets(client, producer, group)).toBe(ErrorCode.NONE);
    expect(await offset()).toBe(-1);
    expect(await commitWithTransaction(client, producer, group, topic, 8)).toBe(ErrorCode.NONE);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    await expect.poll(offset).toBe(8);
  });

  test('of the offsets of a transaction and of a plain commit, those that were sent later stay', async () => {
    const client = await wireClient(port());
    const [topic, group] = [await newTopic(client), await newGroup(client)];
    const producer = await newProducer(client, newId());
    const offset = async () => (await committedOffsets(client, group, [topic])).get(topic)?.offset;
    const isStable = async () =>
      (await addOffsets(client, producer, group)) === ErrorCode.NONE ? offset() : undefined;
    expect(await addOffsets(client, producer, group)).toBe(ErrorCode.NONE);
    expect(await commitWithTransaction(client, producer, group, topic, 7)).toBe(ErrorCode.NONE);
    expect(await commitOffset(client, group, SIMPLE, topic, 9)).toBe(ErrorCode.NONE);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    expect(await isStable()).toBe(9); // the next transaction starts once the one before has ended
    expect(await commitWithTransaction(client, producer, group, topic, 8)).toBe(ErrorCode.NONE);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    await expect.poll(offset).toBe(8);
  });

  test('offsets of a member that is of another generation are refused', async () => {
    const client = await wireClient(port());
    const [topic, group] = [await newTopic(client), await newGroup(client)];
    const producer = await newProducer(client, newId());
    expect(await addOffsets(client, producer, group)).toBe(ErrorCode.NONE);
    const answer = await client.ask(28, 3, (w) => {
      w.string(producer.transactionalId).string(group).int64(producer.producerId).int16(producer.epoch);
      w.int32(5).string('stranger').string(null);
      w.structs([topic], (name) =>
        w.string(name).structs([0], (p) => w.int32(p).int64(1).int32(-1).string('')),
      );
    });
    answer.int32();
    const errors = answer.structs(() => {
      answer.string();
      return answer.structs(() => {
        answer.int32();
        return answer.int16();
      });
    });
    expect([ErrorCode.ILLEGAL_GENERATION, ErrorCode.UNKNOWN_MEMBER_ID]).toContain(errors[0]?.[0]);
  });

  test('the end is answered the same when it is sent again, and otherwise refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client);
    const producer = await newProducer(client, newId());
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.INVALID_TXN_STATE);
    await write(client, producer, topic, 0, ['a']);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    expect(await endTransaction(client, producer, true)).toBe(ErrorCode.NONE);
    expect(await endTransaction(client, producer, false)).toBe(ErrorCode.INVALID_TXN_STATE);
    await decided(client, topic, 2);
  });

  test('what does not belong into the transaction is refused', async () => {
    const client = await wireClient(port());
    const topic = await newTopic(client, { partitions: 2 });
    const producer = await newProducer(client, newId());
    const { INVALID_TXN_STATE, UNKNOWN_TOPIC_OR_PARTITION, INVALID_PRODUCER_ID_MAPPING } = ErrorCode;
    expect(await addPartitions(client, producer, 'nowhere')).toBe(UNKNOWN_TOPIC_OR_PARTITION);
    const stranger = { ...producer, producerId: producer.producerId + 1000 };
    expect(await addPartitions(client, stranger, topic)).toBe(INVALID_PRODUCER_ID_MAPPING);
    const unknown = { ...producer, transactionalId: newId() };
    expect(await addPartitions(client, unknown, topic)).toBe(INVALID_PRODUCER_ID_MAPPING);
    expect((await produceInTransaction(client, producer, topic, 0, ['a'])).error).toBe(INVALID_TXN_STATE);
    expect(await addPartitions(client, producer, topic, [1])).toBe(ErrorCode.NONE);
    expect((await produceInTransaction(client, producer, topic, 0, ['a'], 0)).error).toBe(INVALID_TXN_STATE);
    expect((await produceInTransaction(client, producer, topic, 0, ['a'], 1)).error).toBe(ErrorCode.NONE);
    const { producerId, epoch } = producer;
    const transactional = batch({ producerId, epoch, sequence: 1, attributes: TRANSACTIONAL });
    expect((await produce(client, topic, transactional, 1)).error).toBe(
      ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    );
    const plain = batch({ producerId, epoch, sequence: 1 });
    expect((await produce(client, topic, plain, 1, producer.transactionalId)).error).toBe(INVALID_TXN_STATE);
    expect(await endTransaction(client, producer, false)).toBe(ErrorCode.NONE);
  });

  test('what does not belong into the transaction may be aborted and tried again by newer clients', async () => {
    const client = await wireClient(port());
    const [topic, group] = [await newTopic(client), await newGroup(client)];
    const producer = await newProducer(client, newId());
    const producedBy = async (version: number) =>
      (await produceInTransaction(client, producer, topic, 0, ['a'], 0, version)).error;
    expect(await producedBy(10)).toBe(ErrorCode.INVALID_TXN_STATE);
    expect(await producedBy(11)).toBe(ErrorCode.TRANSACTION_ABORTABLE);
    const committedBy = (version: number) =>
      commitWithTransaction(client, producer, group, topic, 7, version);
    expect(await committedBy(3)).toBe(ErrorCode.INVALID_TXN_STATE);
    expect(await committedBy(4)).toBe(ErrorCode.TRANSACTION_ABORTABLE);
  });

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
