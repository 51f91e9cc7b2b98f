// The fast path beside the careful one: what the first takes, the second takes as the same row.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeRow } from '../../../seed/csv/copy-row.ts';
import { copyFastRow } from '../../../seed/csv/fast-row.ts';
import { parseRow } from '../../../seed/csv/row.ts';
import { FILE_PRODUCTS } from '../../../seed/published.ts';
import { DEVICES, TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';
import { anyId } from '../../support/arbitrary.ts';

const BEFORE = 'the line before\n';

const anyLine = fc
  .record({
    ids: fc.tuple(anyId, anyId, anyId),
    product: fc.constantFrom(...PRODUCTS, ...FILE_PRODUCTS),
    device: fc.constantFrom(...DEVICES),
    time: fc.date({
      min: new Date('2000-01-01T00:00:00Z'),
      max: new Date('2099-12-31T23:59:59Z'),
      noInvalidDate: true,
    }),
    title: fc.constantFrom(...TITLES),
  })
  .map(({ ids, product, device, time, title }) => {
    const second = time.toISOString().slice(0, 19).replace('T', ' ');
    return [...ids, product, device, second, title, title === 'order' ? 1 : 0].join();
  });

/** The row by the fast path, from the middle of a buffer; undefined where it leaves the line. */
function fast(line: Buffer): Buffer | undefined {
  const text = Buffer.concat([Buffer.from(BEFORE), line, Buffer.from('\nthe line after')]);
  const out = Buffer.alloc(line.length + 300);
  const end = copyFastRow(text, BEFORE.length, BEFORE.length + line.length, out, 3);
  if (end === -1) return undefined;
  expect(end - 3).toBeLessThanOrEqual(line.length);
  return out.subarray(3, end);
}

function careful(line: Buffer): Buffer | undefined {
  const parsed = parseRow(line.toString());
  const out = Buffer.alloc(300);
  return parsed.ok ? out.subarray(0, writeRow(out, 0, parsed.row)) : undefined;
}

it('the fast path takes every well-formed line, as the row that is read with care', () => {
  fc.assert(
    fc.property(anyLine, (line) => {
      const bytes = Buffer.from(line);
      const row = fast(bytes);
      expect(row).toBeDefined();
      expect(row).toEqual(careful(bytes));
    }),
  );
});

it('the fast path takes no line with a wrong byte, one too many or too few, that the careful one would refuse or read otherwise', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    byte: fc.nat(255),
    cut: fc.nat(2),
  });
  fc.assert(
    fc.property(anyLine, change, (line, { at, byte, cut }) => {
      const bytes = Buffer.from(line);
      const place = Math.floor(at * bytes.length);
      const rest = bytes.subarray(place + cut);
      const changed = Buffer.concat([bytes.subarray(0, place), Buffer.from([byte]), rest]);
      const row = fast(changed);
      if (row !== undefined) expect(row).toEqual(careful(changed));
    }),
    { numRuns: 300 },
  );
});

const LINE = `${'0'.repeat(32)},${'1'.repeat(32)},${'2'.repeat(32)},clothes,mobile,2019-02-28 09:24:43,banner_show,0`;

it.each([
  ['an empty line', ''],
  ['a time of another century', LINE.replace('2019', '1919')],
  ['a day that no calendar has', LINE.replace('02-28', '02-29')],
  ['a target that is not the title’s', LINE.replace(/0$/, '1')],
  ['a decimal target', `${LINE}.0`],
  ['a carriage return at its end', `${LINE}\r`],
  ['a line that ends within its last field', LINE.slice(0, -1)],
  ['a field more', `${LINE},`],
  ['an id in capitals', LINE.replaceAll('2'.repeat(32), 'A'.repeat(32))],
  ['a digit that is none', LINE.replace('0', 'g')],
])('the fast path leaves %s to the careful path', (_, line) => {
  expect(fast(Buffer.from(LINE))).toBeDefined();
  expect(fast(Buffer.from(line))).toBeUndefined();
});
