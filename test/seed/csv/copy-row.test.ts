// Rows for COPY are read back here as PostgreSQL's documentation describes the format, field by field.

import { expect, it } from 'vitest';
import { templateIndex, templates, writeRow, writeTime } from '../../../seed/csv/copy-row.ts';
import type { Row } from '../../../seed/csv/row.ts';
import { DEVICES, TITLES } from '../../../src/events/event.ts';
import { PRODUCTS } from '../../../src/events/products.ts';

const LAST_SECOND = Date.UTC(2100, 0, 1) / 1000 - Date.UTC(2000, 0, 1) / 1000 - 1;

function fieldsOf(row: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 2;
  while (at < row.length) {
    const end = at + 4 + row.readInt32BE(at);
    fields.push(row.subarray(at + 4, end));
    at = end;
  }
  expect(at).toBe(row.length);
  expect(fields).toHaveLength(row.readInt16BE(0));
  return fields;
}

const row: Row = {
  order_id: '00112233445566778899aabbccddeeff',
  user_id: 'f'.repeat(32),
  page_id: '0'.repeat(32),
  product: 'sports_nutrition',
  site_version: 'mobile',
  second: 600_000_000,
  title: 'banner_click',
};

it('a COPY row writes each of the thirty kinds of rows with its own labels, at the place that was asked for', () => {
  for (const product of PRODUCTS)
    for (const site_version of DEVICES)
      for (const title of TITLES) {
        const out = Buffer.alloc(300, 0xee);
        const end = writeRow(out, 7, { ...row, product, site_version, title });
        expect(out.subarray(0, 7)).toEqual(Buffer.alloc(7, 0xee));
        expect(out.subarray(end)).toEqual(Buffer.alloc(300 - end, 0xee));
        const fields = fieldsOf(out.subarray(7, end));
        expect(fields.slice(0, 3).map((id) => id.toString('hex'))).toEqual([
          row.order_id,
          row.user_id,
          row.page_id,
        ]);
        const labels = [fields[3], fields[4], fields[6]].map(String);
        expect(labels).toEqual([product, site_version, title]);
        expect(fields[5]?.readBigInt64BE()).toBe(600_000_000_000_000n);
        expect(fields[7]?.readInt16BE()).toBe(title === 'order' ? 1 : 0);
      }
});

it('templates: there is one for each place of the three lists, and none is found twice', () => {
  const found = PRODUCTS.flatMap((_, product) =>
    DEVICES.flatMap((_, device) =>
      TITLES.map((_, title) => templates[templateIndex(product, device, title)]),
    ),
  );
  expect(new Set(found).size).toBe(30);
  expect(found).not.toContain(undefined);
});

it.each([0, 1, 4294, 4295, 2 ** 31, LAST_SECOND])(
  'a COPY row writes second %i to the microsecond',
  (second) => {
    const out = Buffer.alloc(8);
    writeTime(out, 0, second);
    expect(out.readBigInt64BE()).toBe(BigInt(second) * 1_000_000n);
  },
);

it('a COPY row refuses a row of a kind that the dataset does not have', () => {
  const odd = { ...row, product: 'boats' } as unknown as Row;
  expect(() => writeRow(Buffer.alloc(300), 0, odd)).toThrow(/no template for .*boats/);
});
