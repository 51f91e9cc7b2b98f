// The question for a topic's id and its answer as bytes; that a broker takes it, recreated-topic.test.ts shows.

import { describe, expect, it } from 'vitest';
import { type AskedBroker, readTopicId } from '../../src/kafka/topic-id.ts';

const ID = '000102030405060708090a0b0c0d0e0f';
const NO_ID = '0'.repeat(32);
const TOPIC = 'ecommerce';

type Question = Parameters<AskedBroker['connectionPool']['send']>[0];

/** A broker that answers with these bytes, and what it was asked. */
function answering(bytes: Buffer, maxVersion = 13) {
  const asked: Question['request'][] = [];
  const broker: AskedBroker = {
    versions: { 3: { maxVersion } },
    connectionPool: {
      send: async ({ request, response }) => {
        asked.push(request);
        return response.parse(await response.decode(bytes));
      },
    },
  };
  return { broker, asked };
}

const text = (value: string) => Buffer.concat([Buffer.of(value.length + 1), Buffer.from(value)]);
const int32 = Buffer.of(0, 0, 0, 1);
const NONE = Buffer.of(0);

/** An answer with so many brokers, and the topic's id; `tags` where a structure ends. */
function answer(id: string, { brokers = 1, tags = NONE, topics = Buffer.of(2) } = {}): Buffer {
  const broker = Buffer.concat([int32, text('localhost'), int32, NONE, tags]);
  const described = Buffer.concat([Buffer.of(0, 3), text(TOPIC), Buffer.from(id, 'hex')]);
  return Buffer.concat([
    ...[tags, int32, Buffer.of(brokers + 1), ...Array<Buffer>(brokers).fill(broker)],
    ...[text('cluster'), int32, topics, described],
  ]);
}

describe('the id of a topic', () => {
  it.each([
    ['of one broker', {}],
    ['of many brokers', { brokers: 100 }],
    ['with fields that are not known here', { tags: Buffer.of(2, 0, 3, 1, 2, 3, 200, 1, 0) }],
  ])('the id of a topic is read in an answer %s', async (_, options) => {
    expect(await readTopicId(answering(answer(ID, options)).broker, TOPIC)).toBe(ID);
  });

  it('the id of a topic is none where there is no such topic, in either form of the answer', async () => {
    expect(await readTopicId(answering(answer(NO_ID)).broker, TOPIC)).toBeUndefined();
    expect(await readTopicId(answering(answer(ID, { topics: Buffer.of(1) })).broker, TOPIC)).toBeUndefined();
  });

  it('the id of a topic is not asked for where the cluster is older than such ids', async () => {
    const { broker, asked } = answering(answer(ID), 9);
    expect(await readTopicId(broker, TOPIC)).toBeNull();
    expect(await readTopicId({ ...broker, versions: null }, TOPIC)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('the id of a topic is never half of one: an answer that is cut off anywhere is an error', async () => {
    const whole = answer(ID);
    for (let end = 0; end < whole.length; end += 1)
      await expect(
        readTopicId(answering(whole.subarray(0, end)).broker, TOPIC),
        `cut at ${end}`,
      ).rejects.toThrow(RangeError);
  });
});

it.each([TOPIC, 'x'.repeat(126), 'x'.repeat(127), 'x'.repeat(249)])(
  '%s is asked for by its name',
  async (topic) => {
    const { broker, asked } = answering(answer(ID));
    await readTopicId(broker, topic);
    expect(asked).toMatchObject([{ apiKey: 3, apiVersion: 10 }]);
    const { buf, buffer, size } = (await asked[0]?.encode()) ?? { buf: NONE, buffer: NONE, size: () => 0 };
    expect([buffer, size()]).toEqual([buf, buf.length]);
    const length = topic.length + 1;
    const varint = length < 128 ? [length] : [(length % 128) + 128, 1];
    const [tags, one] = [0, 2];
    expect([...buf]).toEqual([
      tags,
      one,
      ...Buffer.alloc(16),
      ...varint,
      ...Buffer.from(topic),
      ...Buffer.alloc(5),
    ]);
  },
);
