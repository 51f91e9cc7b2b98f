// The requests of transactional producers that tests send as bytes, each with its answer read into a value.

import { ErrorCode } from '../../src/broker/wire/error-codes.ts';
import type { Asking } from './request.ts';
import { batch, type Produced, produce } from './requests.ts';

const TRANSACTION = 1;
const TRANSACTIONAL = 1 << 4;

export type TestProducer = {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly epoch: number;
};

/** Asks again while Apache Kafka still ends a transaction, or makes what it needs. */
async function settled<T extends { readonly error: number }>(attempt: () => Promise<T>): Promise<T> {
  const passing: number[] = [
    ErrorCode.CONCURRENT_TRANSACTIONS,
    ErrorCode.COORDINATOR_NOT_AVAILABLE,
    14, // COORDINATOR_LOAD_IN_PROGRESS
    16, // NOT_COORDINATOR
  ];
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await attempt();
    if (!passing.includes(answer.error) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function findTransactionCoordinator(
  client: Asking,
  transactionalId: string,
): Promise<{ error: number; port: number }> {
  return settled(async () => {
    const answer = await client.ask(10, 2, (w) => w.string(transactionalId).int8(TRANSACTION));
    answer.int32();
    const error = answer.int16();
    answer.nullableString();
    answer.int32();
    answer.string();
    return { error, port: answer.int32() };
  });
}

/** The id and epoch of a transactional producer. */
export async function initTransactions(
  client: Asking,
  transactionalId: string,
  timeoutMs = 60_000,
): Promise<TestProducer & { readonly error: number }> {
  return settled(async () => {
    const answer = await client.ask(22, 1, (w) => w.string(transactionalId).int32(timeoutMs));
    answer.int32();
    return {
      transactionalId,
      error: answer.int16(),
      producerId: answer.int64(),
      epoch: answer.int16(),
    };
  });
}

/** A producer whose coordinator is there. */
export async function newProducer(
  client: Asking,
  transactionalId: string,
  timeoutMs?: number,
): Promise<TestProducer> {
  await findTransactionCoordinator(client, transactionalId);
  const { error, ...producer } = await initTransactions(client, transactionalId, timeoutMs);
  if (error !== ErrorCode.NONE) throw new Error(`expected a producer id, got error ${error}`);
  return producer;
}

export async function addPartitions(
  client: Asking,
  producer: TestProducer,
  topic: string,
  partitions: readonly number[] = [0],
): Promise<number> {
  const { error } = await settled(async () => {
    const answer = await client.ask(24, 2, (w) => {
      w.string(producer.transactionalId).int64(producer.producerId).int16(producer.epoch);
      w.structs([topic], (name) => w.string(name).array(partitions, (p) => w.int32(p)));
    });
    answer.int32();
    const [errors] = answer.structs(() => {
      answer.string();
      return answer.structs(() => {
        answer.int32();
        return answer.int16();
      });
    });
    return { error: errors?.find((code) => code !== 0) ?? errors?.[0] ?? -1 };
  });
  return error;
}

export async function addOffsets(client: Asking, producer: TestProducer, group: string): Promise<number> {
  const { error } = await settled(async () => {
    const answer = await client.ask(25, 2, (w) => {
      w.string(producer.transactionalId).int64(producer.producerId).int16(producer.epoch).string(group);
    });
    answer.int32();
    return { error: answer.int16() };
  });
  return error;
}

export async function commitWithTransaction(
  client: Asking,
  producer: TestProducer,
  group: string,
  topic: string,
  offset: number,
  version = 2,
): Promise<number> {
  const { error } = await settled(async () => {
    const answer = await client.ask(28, version, (w) => {
      w.string(producer.transactionalId).string(group).int64(producer.producerId).int16(producer.epoch);
      if (version >= 3) w.int32(-1).string('').string(null); // no member
      w.structs([topic], (name) =>
        w.string(name).structs([0], (p) => w.int32(p).int64(offset).int32(-1).string('')),
      );
    });
    answer.int32();
    const [errors] = answer.structs(() => {
      answer.string();
      return answer.structs(() => {
        answer.int32();
        return answer.int16();
      });
    });
    return { error: errors?.[0] ?? -1 };
  });
  return error;
}

export async function endTransaction(
  client: Asking,
  producer: TestProducer,
  isCommit: boolean,
): Promise<number> {
  const { error } = await settled(async () => {
    const answer = await client.ask(26, 2, (w) => {
      w.string(producer.transactionalId).int64(producer.producerId).int16(producer.epoch);
      w.boolean(isCommit);
    });
    answer.int32();
    return { error: answer.int16() };
  });
  return error;
}

/** Produces one batch as part of a transaction. */
export function produceInTransaction(
  client: Asking,
  producer: TestProducer,
  topic: string,
  sequence: number,
  values: readonly string[],
  partition = 0,
  version = 7,
): Promise<Produced> {
  const { producerId, epoch, transactionalId } = producer;
  const timestamps = values.map(() => Date.now()); // like the marker's: Apache Kafka keeps a week together
  const attributes = TRANSACTIONAL;
  const records = batch({ values, timestamps, producerId, epoch, sequence, attributes });
  return produce(client, topic, records, partition, transactionalId, version);
}
