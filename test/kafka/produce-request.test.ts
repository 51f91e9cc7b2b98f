// kafkajs's own encoder is what ours has to agree with, to the byte.

import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeBatchesAtOnce } from '../../src/kafka/produce-request.ts';
import { useOwnGzip } from '../support/own-codecs.ts';

const require = createRequire(import.meta.url);
const REQUEST = 'kafkajs/src/protocol/requests/produce/v3/request.js';

type Request = { encode(): Promise<{ readonly buffer: Buffer }> };
type Make = (request: object) => Request;

// Loaded anew: what ran before in this process may have put ours in its place.
delete require.cache[require.resolve(REQUEST)];
const theirs: Make = require(REQUEST);
writeBatchesAtOnce();
const ours: Make = require(REQUEST);

const bytes = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);
const nothing = fc.constantFrom(null, undefined);
const message = fc.record(
  {
    key: fc.oneof(bytes, nothing),
    value: fc.oneof(bytes, fc.constant(null)),
    headers: fc.dictionary(fc.string({ maxLength: 20 }), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  },
  { requiredKeys: ['value'] },
);
/** All messages of a request have a time, or none has. */
const messages = fc.oneof(
  fc.array(message, { minLength: 1, maxLength: 40 }),
  fc.array(
    fc
      .tuple(message, fc.integer({ min: 1_500_000_000_000, max: 4_000_000_000_000 }))
      .map(([one, time]) => ({ ...one, timestamp: String(time) })),
    { minLength: 1, maxLength: 40 },
  ),
);
const request = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.integer({ min: 0, max: 60_000 }),
  transactionalId: fc.oneof(fc.constantFrom(undefined, null), fc.string({ minLength: 1, maxLength: 20 })),
  producerId: fc.constantFrom(undefined, -1, '7', '9007199254740993'),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  topicData: fc.array(
    fc.record({
      topic: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      partitions: fc.array(
        fc.record({ partition: fc.nat(100), firstSequence: fc.nat(1_000_000), messages }),
        { maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

describe('a produce request', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_780_000_000_000, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('a produce request has the bytes that kafkajs would write', async () => {
    expect(ours).not.toBe(theirs);
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const { buffer } = await ours(given).encode();
        expect(buffer.equals((await theirs(given).encode()).buffer)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a produce request leaves packed batches to kafkajs', async () => {
    useOwnGzip();
    const given = {
      acks: -1,
      timeout: 1_000,
      compression: 1,
      topicData: [{ topic: 't', partitions: [{ partition: 0, messages: [{ value: 'a' }] }] }],
    };
    const { buffer } = await ours(given).encode();
    expect(buffer.equals((await theirs(given).encode()).buffer)).toBe(true);
  });
});
