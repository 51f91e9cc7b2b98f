// Compact types and tagged fields (KIP-482): what is written is read, what is not known is skipped, what lies is refused.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MalformedRequest, Reader } from '../../../src/broker/wire/reader.ts';
import { Writer } from '../../../src/broker/wire/writer.ts';

const HEAD = 8; // size and correlation id

type Entry = {
  readonly name: string | null;
  readonly bytes: Uint8Array;
  readonly numbers: readonly number[];
};

const text = fc.option(fc.string({ unit: 'binary', maxLength: 200 }), { nil: null });
const entry: fc.Arbitrary<Entry> = fc.record({
  name: text,
  bytes: fc.uint8Array({ maxLength: 5000 }),
  numbers: fc.array(fc.integer(), { maxLength: 150 }),
});

function written(entries: readonly Entry[] | null, flexible: boolean): Buffer {
  const writer = new Writer(7);
  if (flexible) writer.flexible();
  writer.structs(entries, ({ name, bytes, numbers }) => {
    writer.string(name).bytes(Buffer.from(bytes));
    writer.array(numbers, (number) => writer.int32(number));
  });
  return Buffer.concat(writer.finish());
}

function read(frame: Buffer, flexible: boolean): [Entry[] | null, Reader] {
  const reader = new Reader(frame, HEAD);
  reader.isFlexible = flexible;
  const entries = reader.nullableStructs(() => ({
    name: reader.nullableString(),
    bytes: new Uint8Array(reader.bytes()),
    numbers: reader.array(() => reader.int32()),
  }));
  reader.tags();
  return [entries, reader];
}

test.each([true, false])('one grammar is written and read, flexible or not (%s)', (flexible) => {
  fc.assert(
    fc.property(fc.option(fc.array(entry, { maxLength: 5 }), { nil: null }), (entries) => {
      const [found, reader] = read(written(entries, flexible), flexible);
      expect(found).toEqual(entries);
      expect(reader.position).toBe(reader.end);
    }),
    { numRuns: 200 },
  );
});

test('varints of every length are read as they were written', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 2 ** 32 - 1 })), (value) => {
      const frame = Buffer.concat(new Writer(7).unsignedVarint(value).finish());
      expect(new Reader(frame, HEAD).unsignedVarint()).toBe(value);
    }),
  );
});

test('a topic id is the text that Kafka shows', () => {
  const id = 'dQmuWtNpU25_oxfrjNSDTQ';
  expect(new Reader(Buffer.concat(new Writer(7).uuid(id).finish()), HEAD).uuid()).toBe(id);
});

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
