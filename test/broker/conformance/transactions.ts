// Transactions, request by request: which records a reader sees, and which are refused.

import { expect, test } from 'vitest';
import { nextOffset } from '../../../src/broker/log/record-batch.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { batch, fetch, listOffset, produce } from '../requests.ts';
import {
  addPartitions,
  commitWithTransaction,
  endTransaction,
  newProducer,
  produceInTransaction,
} from '../transaction-requests.ts';
import { wireClient } from '../wire-client.ts';
import { batchesOf, COMMITTED, decided, LATEST, newId, write } from './in-transaction.ts';
import { newGroup, newTopic } from './ready.ts';

const TRANSACTIONAL = 1 << 4;

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
}
