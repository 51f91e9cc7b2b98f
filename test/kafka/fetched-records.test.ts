// The records of a batch, and what some other sender may write in their place.

import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATCH_HEADER } from '../../src/broker/log/record-batch.ts';
import { MOST_PIECES, readRecords } from '../../src/kafka/fetched-records.ts';
import { batch } from '../broker/batch.ts';

const require = createRequire(import.meta.url);
type Decode = (decoder: object) => Promise<{ readonly records: readonly object[] }>;
const Decoder: new (bytes: Buffer) => object = require('kafkajs/src/protocol/decoder.js');
const decodeBatch: Decode = require('kafkajs/src/protocol/recordBatch/v0/decoder.js');

const read = (bytes: Buffer) => readRecords(bytes, bytes.subarray(BATCH_HEADER));

/** A batch whose records are these bytes. */
function batchOf(count: number, records: readonly number[] | Buffer): Buffer {
  const bytes = Buffer.concat([batch().subarray(0, BATCH_HEADER), Buffer.from(records)]);
  bytes.writeInt32BE(count - 1, 23);
  bytes.writeInt32BE(count, 57);
  return bytes;
}

/** A record without key and value, with these headers. */
function withHeaders(headers: readonly (readonly [key: string, value: string])[]): Buffer {
  const fields = headers.flat().flatMap((text) => [Buffer.of(text.length * 2), Buffer.from(text)]);
  const body = Buffer.concat([Buffer.of(0, 0, 0, 1, 1), varint(headers.length), ...fields]);
  return Buffer.concat([varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}

describe('the records of a batch', () => {
  it('the records of a batch are those that kafkajs reads', async () => {
    const text = fc.option(fc.string({ maxLength: 200 }), { nil: null });
    const records = fc.array(
      fc.record({ key: text, value: text, timestamp: fc.integer({ min: 0, max: 2 ** 45 }) }),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(records, async (all) => {
        const bytes = batch({
          keys: all.map(({ key }) => key),
          values: all.map(({ value }) => value),
          timestamps: all.map(({ timestamp }) => timestamp),
        });
        const expected = await decodeBatch(new Decoder(bytes));
        expect(read(bytes)).toEqual(
          expected.records.map((one) => ({
            ...one,
            batchContext: expect.objectContaining({ inTransaction: false }),
          })),
        );
      }),
    );
  });

  it('the records of a batch have their headers, those of one name in their order, also where it is __proto__', () => {
    const record = withHeaders([
      ['a', '1'],
      ['__proto__', '2'],
      ['a', '3'],
      ['a', '4'],
    ]);
    const [message] = read(batchOf(1, record));
    expect(Object.entries(message?.headers ?? {})).toEqual([
      ['a', ['1', '3', '4'].map((text) => Buffer.from(text))],
      ['__proto__', Buffer.from('2')],
    ]);
  });

  it('the records of a batch may have fifty thousand headers: reading them is no work of their square', () => {
    const names = Array.from({ length: 50_000 }, (_none, index) => [index.toString(36), 'x'] as const);
    const same = names.map(() => ['same', 'x'] as const);
    const [one, other] = [read(batchOf(1, withHeaders(names))), read(batchOf(1, withHeaders(same)))];
    expect(Object.keys(one[0]?.headers ?? {})).toHaveLength(names.length);
    expect(other[0]?.headers.same).toHaveLength(names.length);
  });

  const EMPTY = [12, 0, 0, 0, 1, 1, 0];
  it.each([
    ['fewer than the batch says', batchOf(3, [...EMPTY])],
    ['more than the batch says', batchOf(1, [...EMPTY, 12, 0, 0, 2, 1, 1, 0])],
    ['two at one offset', batchOf(2, [...EMPTY, ...EMPTY])],
    ['one before the batch', batchOf(1, [12, 0, 0, 1, 1, 1, 0])],
    ['one behind the batch', batchOf(1, [12, 0, 0, 2, 1, 1, 0])],
    ['one longer than it says', batchOf(1, [10, 0, 0, 0, 1, 1, 0])],
    ['one shorter than it says', batchOf(1, [14, 0, 0, 0, 1, 1, 0, 0])],
    ['a value that ends behind the batch', batchOf(1, [12, 0, 0, 0, 1, 100, 0])],
    ['a value of a length below null', batchOf(1, [12, 0, 0, 0, 1, 3, 0])],
    ['a number that never ends', batchOf(1, Buffer.alloc(40, 0xff))],
    ['a number of records below zero', batchOf(-1, [...EMPTY])],
    ['headers below zero', batchOf(1, [12, 0, 0, 0, 1, 1, 1])],
    ['two thousand million records', batchOf(2 ** 31 - 1, [...EMPTY])],
  ])('the records of a batch are refused where there are %s', (_name, bytes) => {
    expect(() => read(bytes)).toThrow(RangeError);
  });

  it('the records of a batch are refused where one has more headers than memory has room for', () => {
    const headers = Buffer.concat([
      Buffer.of(0, 0, 0, 1, 1),
      varint(MOST_PIECES),
      Buffer.alloc(2 * MOST_PIECES),
    ]);
    expect(() => read(batchOf(1, Buffer.concat([varint(headers.length), headers])))).toThrow(
      `received ${MOST_PIECES + 1} records and headers, expected at most ${MOST_PIECES}`,
    );
  });
});
