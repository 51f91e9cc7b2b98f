// A recorded row or message → an event to be sent again, or the reason why it is none. Pure.

import { hash } from 'node:crypto';
import type { ShopEvent } from '../../events/event.ts';
import { ORDER_PAGE_ID } from '../../events/ids.ts';
import { isObject, type JsonObject } from '../../events/json-object.ts';
import { parseEvent } from '../../events/parse.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';

/** The event's fields that a record may have. */
export const FIELDS = [
  'order_id',
  'user_id',
  'page_id',
  'product',
  'site_version',
  'time',
  'title',
  'target',
  'received_at',
] as const;
export type Field = (typeof FIELDS)[number];

/** Path of each field in a row, outermost name first. */
export type Mapping = Readonly<Record<Field, readonly string[]>>;

const AS_NAMED = Object.fromEntries(FIELDS.map((field) => [field, [field]])) as unknown as Mapping;

/**
 * Reads `clicked_at=time,visitor.id=user_id`: the file's column, or the path to it, and the event's field.
 * @throws {ExpectationError}
 */
export function parseMapping(text: string | undefined): Mapping {
  if (text === undefined) return AS_NAMED;
  const named = text.split(',').map((part): [Field, string[]] => {
    const [, column = '', name = ''] = /^\s*(.+?)\s*=\s*(\w+)\s*$/.exec(part) ?? [];
    const field = FIELDS.find((one) => one === name);
    if (field !== undefined) return [field, column.split('.')];
    throw new ExpectationError(
      `map: received ${JSON.stringify(part)}, expected column=field with ${FIELDS.join(', ')}`,
    );
  });
  return { ...AS_NAMED, ...Object.fromEntries(named) };
}

/** The published file's name of the company's banner, which the shop has as electronics. */
const COMPANY = 'company';
const ID = /^[0-9a-f]{32}$/;

export type ReadRecord =
  | { readonly ok: true; readonly event: ShopEvent }
  | { readonly ok: false; readonly reason: string };

/**
 * Makes an event of a row of a file. Foreign ids are mapped to ids of the shop's form, equal ones alike; a missing device is
 * desktop.
 * @param happenedMs time of the row
 */
export function readRow(row: JsonObject, mapping: Mapping, happenedMs: number): ReadRecord {
  const value = (field: Field) => valueAt(row, mapping[field]);
  const title = value('title');
  const product = value('product');
  const context = isObject(row.context) ? { context: row.context } : {};
  const parsed = parseEvent({
    order_id: idOf(value('order_id'), 'order'),
    user_id: idOf(value('user_id'), 'user'),
    page_id: title === 'order' ? ORDER_PAGE_ID : idOf(value('page_id') ?? value('user_id'), 'page'),
    product: product === COMPANY ? 'electronics' : product,
    site_version: value('site_version') ?? 'desktop',
    time: new Date(happenedMs).toISOString(),
    title,
    target: title === 'order' ? 1 : 0,
    ...context,
  });
  return parsed.ok ? parsed : { ok: false, reason: parsed.rejection.reason };
}

/** Id of a row without one; such rows never count as the same event. */
export const NO_ID = '0'.repeat(32);

function idOf(value: unknown, kind: string): unknown {
  if (value === undefined || value === null || value === '') return kind === 'order' ? NO_ID : value;
  const text = String(value).replaceAll('-', '').toLowerCase();
  return ID.test(text) ? text : hash('md5', `${kind} ${value}`, 'hex');
}

function valueAt(row: JsonObject, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (!isObject(value)) return undefined;
    value = value[name];
  }
  return value;
}
