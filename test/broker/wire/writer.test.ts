// One response: what is written is read again, in both kinds of versions, and large records are not copied.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../../../src/broker/wire/reader.ts';
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

test('a frame begins with its size and its correlation id', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 6 }),
      fc.integer({ min: 8, max: 300 }),
      (sizes, hint) => {
        const writer = new Writer(7, hint);
        for (const size of sizes) writer.bytes(Buffer.alloc(size, 1));
        const length = writer.length;
        const frame = Buffer.concat(writer.finish());
        expect([frame.length, frame.readInt32BE(0), frame.readInt32BE(4)]).toEqual([length, length - 4, 7]);
      },
    ),
  );
});

test('records of 4 KB and more are sent from where they are, smaller ones are copied', () => {
  const [large, small] = [Buffer.alloc(4096, 'a'), Buffer.alloc(4095, 'b')];
  const pieces = new Writer(7, 16).string('before').bytes(large).bytes(small).string('behind').finish();
  expect(pieces).toContain(large);
  expect(pieces).not.toContain(small);
  const reader = new Reader(Buffer.concat(pieces), HEAD);
  expect(reader.string()).toBe('before');
  expect([reader.bytes(), reader.bytes()]).toEqual([large, small]);
  expect(reader.string()).toBe('behind');
});

test('numbers are big-endian, and null has the form of its version', () => {
  const bytes = (write: (writer: Writer) => Writer) =>
    Buffer.concat(write(new Writer(0)).finish()).toString('hex', HEAD);
  expect(
    bytes((w) =>
      w
        .int8(-2)
        .boolean(true)
        .int16(-2)
        .int32(258)
        .int64(2 ** 40),
    ),
  ).toBe('fe01fffe000001020000010000000000');
  expect(bytes((w) => w.string(null).array(null, () => {}))).toBe('ffffffffffff');
  expect(
    bytes((w) =>
      w
        .flexible()
        .string(null)
        .array(null, () => {})
        .string(''),
    ),
  ).toBe('00000100');
});

test('a response of more than 100 MiB, records aside, is not made', () => {
  const text = 'x'.repeat(30_000);
  const writer = new Writer(0, 4_000_000);
  const writeAll = (count: number) => {
    for (let i = 0; i < count; i++) writer.string(text);
  };
  writeAll(3_000);
  expect(() => writeAll(1_000)).toThrow('larger than 104857600 bytes');
});
