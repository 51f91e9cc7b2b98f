// Offsets that are committed with a transaction.

import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { commitOffset, committedOffsets, SIMPLE } from '../group-requests.ts';
import { addOffsets, commitWithTransaction, endTransaction, newProducer } from '../transaction-requests.ts';
import { wireClient } from '../wire-client.ts';
import { newId } from './in-transaction.ts';
import { newGroup, newTopic } from './ready.ts';

export function transactionalOffsets(port: () => number): void {
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
}
