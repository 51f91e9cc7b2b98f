import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowEncoder } from '../../../seed/csv/encoder.ts';
import { USUAL_LAYOUT } from '../../../seed/csv/row.ts';

const ID = '0123456789abcdef'.repeat(2);
const GOOD = `${ID},${ID},${ID},clothes,mobile,2019-01-11 09:24:43,order,1`;
const CAREFUL = GOOD.replace('clothes', '"clothes"');
const BAD = 'a,b';

function encode(...texts: readonly string[]) {
  const encoder = new RowEncoder(1, USUAL_LAYOUT);
  const bytes = Buffer.concat(texts.map((text) => encoder.encode(Buffer.from(text))));
  return { encoder, bytes, rejected: encoder.rejected };
}

it('RowEncoder encodes a line alike on both paths, with whatever line end', () => {
  const row = encode(GOOD).bytes;
  expect(row.length).toBeGreaterThan(100);
  for (const end of ['\n', '\r\n']) {
    expect(encode(GOOD + end).bytes).toEqual(row);
    expect(encode(CAREFUL + end).bytes).toEqual(row);
  }
});

it('RowEncoder counts lines across buffers, so that a rejected one has its number in the file', () => {
  const { encoder, rejected } = encode(`${GOOD}\n${BAD}\n`, `${GOOD}\n`, `${BAD}\n${GOOD}`);
  expect(rejected.map(({ line }) => line)).toEqual([3, 5]);
  expect(encoder).toMatchObject({ lines: 6, rows: 3 });
});

it('RowEncoder rejects what is no row among any others, and encodes the others', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(GOOD, CAREFUL, BAD), { maxLength: 30 }), (lines) => {
      const { encoder, bytes, rejected } = encode(...lines.map((line) => `${line}\n`));
      const bad = lines.flatMap((line, index) => (line === BAD ? [index + 2] : []));
      expect(rejected.map(({ line }) => line)).toEqual(bad);
      expect(encoder.rows).toBe(lines.length - bad.length);
      expect(bytes).toEqual(Buffer.concat(Array.from({ length: encoder.rows }, () => encode(GOOD).bytes)));
    }),
  );
});

it('RowEncoder passes over empty lines at the end, and rejects those before another line', () => {
  expect(encode(`${GOOD}\n\n\r\n\n`).rejected).toEqual([]);
  const { rejected } = encode(`${GOOD}\n\n`, `\r\n${GOOD}\n\n`);
  const reason = 'received an empty line, expected 8 fields';
  expect(rejected).toEqual([
    { line: 3, reason, content: '' },
    { line: 4, reason, content: '' },
  ]);
});

it('RowEncoder does not collect empty lines without a bound', () => {
  expect(encode('\n'.repeat(1000)).rejected).toHaveLength(0);
  expect(encode('\n'.repeat(1001)).rejected).toHaveLength(1001);
});

it('RowEncoder rejects a line above 64 KiB unread, and keeps no more than its beginning', () => {
  const [at] = encode(`${GOOD}${'x'.repeat(64 * 1024)}\n`).rejected;
  expect(at?.reason).toBe(`received a line of ${GOOD.length + 65_536} bytes, expected at most 65536`);
  expect(at?.content).toBe(`${`${GOOD}${'x'.repeat(1024)}`.slice(0, 1024)}…`);
  const [below] = encode(`${GOOD}${'x'.repeat(64 * 1024 - GOOD.length)}\n`).rejected;
  expect(below?.column).toBe('target');
});

it('RowEncoder keeps no NUL of a rejected line, which PostgreSQL could not store', () => {
  expect(encode('a\0b\n').rejected[0]?.content).toBe('a\uFFFDb');
});
