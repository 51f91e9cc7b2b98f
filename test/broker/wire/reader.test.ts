// Reads a request of a hostile client: nothing is read past its end, and no count costs memory. In flexible versions (KIP-482) unknown
// tagged fields are skipped.

import { describe, expect, test } from 'vitest';
import { MalformedRequest, Reader } from '../../../src/broker/wire/reader.ts';

test('tagged fields that nobody knows are skipped', () => {
  const tags = [2, 0, 3, 1, 2, 3, 200, 1, 0]; // tag 0 with three bytes, tag 200 with none
  const reader = new Reader(Buffer.from([...tags, 42]));
  reader.beginFlexible();
  expect(reader.int8()).toBe(42);
});

test.each([
  ['a varint without an end', [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ['a string longer than the frame', [0x7f, 1, 2]],
  ['a string that is torn off', [5, 65]],
] as const)('%s is refused', (_, bytes) => {
  const reader = new Reader(Buffer.from(bytes));
  reader.isFlexible = true;
  expect(() => reader.string()).toThrow(MalformedRequest);
});

test('tagged fields and counts that lie are refused', () => {
  const refused = (bytes: readonly number[], use: (reader: Reader) => unknown) => {
    const reader = new Reader(Buffer.from(bytes));
    reader.isFlexible = true;
    expect(() => use(reader)).toThrow(MalformedRequest);
  };
  refused([1, 0, 9, 1], (reader) => reader.tags());
  refused([0xff, 0xff, 0xff, 0xff, 0x0f], (reader) => reader.tags());
  refused([0xff, 0xff, 0xff, 0xff, 0x0f], (reader) => reader.array(() => reader.int8()));
});

const plain = (hex: string) => new Reader(Buffer.from(hex, 'hex'));

describe('in a version that is not flexible', () => {
  test('in a version that is not flexible numbers, strings and bytes are read one behind the other', () => {
    const reader = plain('fe01fffe000001020000010000000000000261620000000163ffffffffffff');
    expect([reader.int8(), reader.boolean(), reader.int16(), reader.int32(), reader.int64()]).toEqual([
      ...[-2, true, -2, 258, 2 ** 40],
    ]);
    expect([reader.string(), reader.bytes().toString()]).toEqual(['ab', 'c']);
    expect([reader.nullableString(), reader.nullableBytes()]).toEqual([null, null]);
    expect(reader.position).toBe(reader.end);
  });

  test('in a version that is not flexible there are no tagged fields to skip', () => {
    const reader = plain('0102');
    reader.tags();
    expect(reader.position).toBe(0);
  });

  test.each<[string, (reader: Reader) => unknown]>([
    ['ffff', (reader) => reader.string()],
    ['fffe', (reader) => reader.nullableString()],
    ['0003616', (reader) => reader.string()],
    ['fffffffe', (reader) => reader.nullableBytes()],
    ['7fffffff', (reader) => reader.nullableBytes()],
    ['fffffffe', (reader) => reader.array(() => 0)],
    ['0000000301', (reader) => reader.array(() => 0)],
    ['000000', (reader) => reader.int32()],
    ['', (reader) => reader.int8()],
    ['00', (reader) => reader.uuid()],
  ])('in a version that is not flexible %s is refused', (hex, read) => {
    expect(() => read(plain(hex))).toThrow(MalformedRequest);
  });
});

test('one frame has at most 100,000 array entries, in however many arrays', () => {
  const frame = Buffer.alloc(4 * 100_002);
  frame.writeInt32BE(60_000, 0);
  frame.writeInt32BE(40_000, 4);
  frame.writeInt32BE(1, 8);
  const reader = new Reader(frame);
  const counted = () => reader.array(() => undefined).length;
  expect([counted(), counted()]).toEqual([60_000, 40_000]);
  expect(counted).toThrow('received a count of 1 array entries');
});

test('what outlives the request is copied out of its frame, and what does not is not', () => {
  const frame = Buffer.from('0000000161' + '0000000162', 'hex');
  const reader = new Reader(frame);
  const [view, copy] = [reader.nullableBytes(), reader.bytes()];
  frame.fill(0x7a);
  expect([view?.toString(), copy.toString()]).toEqual(['z', 'b']);
});

test('a frame is read a second time from where its reader stands', () => {
  const reader = new Reader(Buffer.from('00026162', 'hex'));
  reader.isFlexible = true;
  reader.int8();
  const again = reader.again();
  expect([reader.string(), again.string()]).toEqual(['a', 'a']);
});

test.each([true, false])(
  'a string has at most 32,767 bytes, as a version that is not flexible could not tell a longer one (%s)',
  (flexible) => {
    const written = (bytes: Buffer) => {
      const length = Buffer.alloc(flexible ? 3 : 2);
      const value = bytes.length + 1;
      if (flexible) length.set([(value % 128) | 128, ((value >> 7) % 128) | 128, value >> 14]);
      else length.writeUInt16BE(bytes.length);
      const reader = new Reader(Buffer.concat([length, bytes]));
      reader.isFlexible = flexible;
      return reader;
    };
    expect(written(Buffer.alloc(32_767, 'a')).string()).toHaveLength(32_767);
    expect(() => written(Buffer.alloc(32_768, 'a')).string()).toThrow(MalformedRequest);
    // Each byte that is no UTF-8 becomes three.
    expect(written(Buffer.alloc(10_922, 0xff)).string()).toBe('\ufffd'.repeat(10_922));
    expect(() => written(Buffer.alloc(10_923, 0xff)).string()).toThrow(
      'received a string of 10923 bytes, expected UTF-8',
    );
    expect(written(Buffer.from('ä'.repeat(16_383))).string()).toBe('ä'.repeat(16_383));
  },
);
