// Rows in the binary format of PostgreSQL's COPY, which saves the server parsing text: an id is 16 bytes.
//
//   row     fields int16 = 8, then each field as  length int32  bytes
//           order_id uuid 16 | user_id uuid 16 | page_id uuid 16 | product label | site_version label
//           time int64 microseconds since 2000-01-01 | title label | target int16
// Header and trailer are those of src/db/copy.ts.
// https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS
//
// Only 30 kinds of rows exist (product × device × title), so each is kept as a template into which ids and time go.

import { DEVICES, EVENT_COLUMNS, TITLES } from '../../src/events/event.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import type { Row } from './row.ts';

/** Where the bytes of order_id, user_id and page_id begin in every row. */
export const ID_OFFSETS = [6, 26, 46] as const;

export type Template = { readonly bytes: Uint8Array; readonly timeOffset: number };

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function makeTemplate(product: string, device: string, title: string): Template {
  const head = Buffer.alloc(2);
  head.writeInt16BE(EVENT_COLUMNS.length);
  const id = field(Buffer.alloc(16));
  const labels = [field(Buffer.from(product)), field(Buffer.from(device))];
  const before = Buffer.concat([head, id, id, id, ...labels]);
  const target = Buffer.from([0, title === 'order' ? 1 : 0]);
  const after = [field(Buffer.alloc(8)), field(Buffer.from(title)), field(target)];
  return { bytes: Buffer.concat([before, ...after]), timeOffset: before.length + 4 };
}

/** Index of a template from the places of its values in PRODUCTS, DEVICES and TITLES. */
export const templateIndex = (product: number, device: number, title: number): number =>
  (product * DEVICES.length + device) * TITLES.length + title;

/** By templateIndex(). */
export const templates: readonly Template[] = PRODUCTS.flatMap((product) =>
  DEVICES.flatMap((device) => TITLES.map((title) => makeTemplate(product, device, title))),
);

/** Writes the time into a row: an int64 of microseconds, from two halves that a double holds exactly. */
export function writeTime(out: Uint8Array, at: number, second: number): void {
  const microseconds = second * 1e6;
  const high = Math.floor(microseconds / 2 ** 32);
  const low = microseconds - high * 2 ** 32;
  out[at] = high >>> 24;
  out[at + 1] = high >>> 16;
  out[at + 2] = high >>> 8;
  out[at + 3] = high;
  out[at + 4] = low >>> 24;
  out[at + 5] = low >>> 16;
  out[at + 6] = low >>> 8;
  out[at + 7] = low;
}

/** Writes a parsed row. @returns where the next one begins */
export function writeRow(out: Buffer, at: number, row: Row): number {
  const index = templateIndex(
    PRODUCTS.indexOf(row.product),
    DEVICES.indexOf(row.site_version),
    TITLES.indexOf(row.title),
  );
  const template = templates[index];
  if (template === undefined) throw new RangeError(`no template for ${JSON.stringify(row)}`);
  out.set(template.bytes, at);
  for (const [index, id] of [row.order_id, row.user_id, row.page_id].entries()) {
    out.write(id, at + (ID_OFFSETS[index] ?? 0), 'hex');
  }
  writeTime(out, at + template.timeOffset, row.second);
  return at + template.bytes.length;
}
