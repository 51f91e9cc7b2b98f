import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toBytes } from '../../src/dead-letters/bytes.ts';

it('toBytes carries any bytes whole: text where they are UTF-8, else base64', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const { encoding, value, bytes: count, cut } = toBytes(bytes, bytes.length);
      expect([count, cut]).toEqual([bytes.length, false]);
      expect(Buffer.from(value, encoding).equals(bytes)).toBe(true);
    }),
  );
});

it('toBytes cuts text between characters, wherever the cut goes, and loses none that is whole', () => {
  const anyText = fc.string({ unit: fc.constantFrom('a', 'é', '尺', '🙂'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(anyText, fc.nat(48), (text, at) => {
      const all = Buffer.from(text);
      const start = all.subarray(0, Math.min(at, all.length - 1));
      const expected = text.slice(0, longestStart(text, start.length));
      expect(toBytes(start, all.length)).toEqual({
        encoding: 'utf8',
        value: expected,
        bytes: all.length,
        cut: true,
      });
    }),
  );
});

/** How many UTF-16 units of the text have room in so many bytes, character by character. */
function longestStart(text: string, bytes: number): number {
  let [units, used] = [0, 0];
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    units += character.length;
  }
  return units;
}

it('toBytes cuts no byte off what is no text anyway', () => {
  const bytes = Buffer.from([0xff, 0xfe, 0xc3]);
  expect(toBytes(bytes, 10)).toEqual({ encoding: 'base64', value: '//7D', bytes: 10, cut: true });
});

it('toBytes has no bytes of none', () => {
  expect(toBytes(Buffer.alloc(0), 0)).toEqual({ encoding: 'utf8', value: '', bytes: 0, cut: false });
  expect(toBytes(Buffer.alloc(0), 5)).toMatchObject({ value: '', cut: true });
});
