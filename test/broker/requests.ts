// The requests that tests send as bytes, each with its answer read into a value. Versions are the highest that
// the embedded broker speaks; Apache Kafka 4 speaks them too.

import type { Asking } from './request.ts';

export { type BatchOptions, batch, withCrc } from './batch.ts';

export type Produced = {
  readonly error: number;
  readonly baseOffset: number;
};

export async function produce(
  client: Asking,
  topic: string,
  records: Buffer,
  partition = 0,
  transactionalId: string | null = null,
  version = 7,
): Promise<Produced> {
  const answer = await client.ask(0, version, (w) => {
    w.string(transactionalId).int16(-1).int32(1000);
    w.structs([topic], (name) => w.string(name).structs([partition], (p) => w.int32(p).bytes(records)));
  });
  const [first] = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      const error = answer.int16();
      const baseOffset = answer.int64();
      answer.int64();
      answer.int64();
      if (version >= 8) answer.structs(() => [answer.int32(), answer.nullableString()]);
      if (version >= 8) answer.nullableString();
      return { error, baseOffset };
    });
  });
  return first?.[0] ?? { error: -1, baseOffset: -1 };
}

export type Fetched = {
  readonly error: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly startOffset: number;
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
  readonly records: Buffer;
};

export type FetchOptions = {
  readonly offset?: number;
  readonly partition?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly leaderEpoch?: number;
  /** Whether open and aborted transactions are left out (read_committed). */
  readonly isCommitted?: boolean;
};

export async function fetch(client: Asking, topic: string, options: FetchOptions = {}): Promise<Fetched> {
  const answer = await client.ask(1, 11, (w) => {
    w.int32(-1)
      .int32(options.maxWaitMs ?? 0)
      .int32(options.minBytes ?? 1)
      .int32(options.maxBytes ?? 1_000_000);
    w.int8(options.isCommitted ? 1 : 0)
      .int32(0)
      .int32(-1);
    w.structs([topic], (name) =>
      w.string(name).structs([options.partition ?? 0], (p) => {
        w.int32(p)
          .int32(options.leaderEpoch ?? -1)
          .int64(options.offset ?? 0)
          .int64(-1);
        w.int32(options.partitionMaxBytes ?? 1_000_000);
      }),
    );
    w.structs([], () => {}).string('');
  });
  answer.int32();
  answer.int16();
  answer.int32();
  const [first] = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      const error = answer.int16();
      const highWatermark = answer.int64();
      const lastStableOffset = answer.int64();
      const startOffset = answer.int64();
      const aborted = answer.nullableStructs(() => ({
        producerId: answer.int64(),
        firstOffset: answer.int64(),
      }));
      answer.int32();
      const records = answer.bytes();
      return { error, highWatermark, lastStableOffset, startOffset, aborted: aborted ?? [], records };
    });
  });
  if (first?.[0]) return first[0];
  throw new Error('a fetch of one partition was answered without it');
}

export type ListedOffset = {
  readonly error: number;
  readonly timestamp: number;
  readonly offset: number;
};

export async function listOffset(
  client: Asking,
  topic: string,
  timestamp: number,
  isCommitted = false,
): Promise<ListedOffset> {
  const answer = await client.ask(2, 3, (w) => {
    w.int32(-1)
      .int8(isCommitted ? 1 : 0)
      .structs([topic], (name) => w.string(name).structs([0], (p) => w.int32(p).int64(timestamp)));
  });
  answer.int32();
  const [first] = answer.structs(() => {
    answer.string();
    return answer.structs(() => {
      answer.int32();
      return { error: answer.int16(), timestamp: answer.int64(), offset: answer.int64() };
    });
  });
  return first?.[0] ?? { error: -1, timestamp: -1, offset: -1 };
}

export type TopicOptions = {
  readonly partitions?: number;
  readonly replicas?: number;
  readonly configs?: readonly (readonly [name: string, value: string])[];
  readonly validateOnly?: boolean;
};

/** Makes a topic; resolves with the error code. */
export async function createTopic(client: Asking, name: string, options: TopicOptions = {}): Promise<number> {
  const answer = await client.ask(19, 4, (w) => {
    w.structs([name], (topic) => {
      w.string(topic)
        .int32(options.partitions ?? 1)
        .int16(options.replicas ?? 1)
        .structs([], () => {});
      w.structs(options.configs ?? [], ([key, value]) => w.string(key).string(value));
    });
    w.int32(10_000).boolean(options.validateOnly ?? false);
  });
  answer.int32();
  const [error] = answer.structs(() => {
    answer.string();
    const code = answer.int16();
    answer.nullableString();
    return code;
  });
  return error ?? -1;
}

/** Deletes a topic; resolves with the error code. */
export async function deleteTopic(client: Asking, name: string): Promise<number> {
  const answer = await client.ask(20, 1, (w) => w.array([name], (topic) => w.string(topic)).int32(10_000));
  answer.int32();
  const [error] = answer.structs(() => {
    answer.string();
    return answer.int16();
  });
  return error ?? -1;
}

/** A fresh producer id; asked for again while the broker has none to give yet. */
export async function initProducerId(client: Asking): Promise<number> {
  for (;;) {
    const answer = await client.ask(22, 1, (w) => w.string(null).int32(60_000));
    answer.int32();
    const error = answer.int16();
    if (error === 0) return answer.int64();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
