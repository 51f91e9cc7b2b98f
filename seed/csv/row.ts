// One line of the file that the fast path left: either a row after all (quoted fields), or rejected with the column, what
// came and what was expected.

import { parse } from 'csv-parse/sync';
import { DEVICES, type Device, EVENT_COLUMNS, TITLES, type Title } from '../../src/events/event.ts';
import { isId } from '../../src/events/ids.ts';
import { isProduct, PRODUCTS, type Product } from '../../src/events/products.ts';
import { wireId } from '../../src/events/spelling.ts';
import { codeOf } from '../../src/runtime/errors.ts';
import { parseSecond } from './time.ts';

export type Row = {
  readonly order_id: string;
  readonly user_id: string;
  readonly page_id: string;
  readonly product: Product;
  readonly site_version: Device;
  /** Whole seconds since 2000-01-01 00:00:00 UTC, PostgreSQL's epoch. */
  readonly second: number;
  readonly title: Title;
};

/** Why a line is no row. `column` is absent where the line as a whole is at fault. */
export type BadRow = { readonly column?: string; readonly reason: string };
export type ParsedRow =
  | { readonly ok: true; readonly row: Row }
  | { readonly ok: false; readonly bad: BadRow };

/** A digit; spreadsheets and pandas add `.0`. */
const WHOLE_NUMBER = /^(\d)(?:[.,]0+)?$/;
const LONGEST_QUOTE = 60;

/** A text for messages: quoted, and shortened where it is long. */
export function show(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/** The place of each column, by the header. */
export type Layout = {
  readonly delimiter: string;
  /** Number of fields of a line, foreign columns included. */
  readonly fields: number;
  /** Where each of EVENT_COLUMNS stands, counted from 0. */
  readonly places: readonly number[];
};

/** The layout of the published file. */
export const USUAL_LAYOUT: Layout = {
  delimiter: ',',
  fields: EVENT_COLUMNS.length,
  places: EVENT_COLUMNS.map((_, index) => index),
};

/**
 * Reads one line without its line end. Never throws.
 * A record is always one line: no valid field can hold a line break, so an open quote never swallows the next rows.
 */
export function parseRow(line: string, { delimiter, fields: expected, places } = USUAL_LAYOUT): ParsedRow {
  const all = splitFields(line, delimiter);
  if (typeof all === 'string') return bad(all);
  if (all.length !== expected) {
    const came = all.length === 1 && all[0] === '' ? 'an empty line' : `${all.length} fields`;
    return bad(`received ${came}, expected ${expected} fields`);
  }
  const fields = places.map((place) => (all[place] ?? '').trim());
  const [
    order_id = '',
    user_id = '',
    page_id = '',
    product = '',
    device = '',
    time = '',
    title = '',
    target = '',
  ] = fields;
  const ids = { order_id: wireId(order_id), user_id: wireId(user_id), page_id: wireId(page_id) };
  for (const [column, id] of Object.entries(ids)) {
    if (!isId(id)) return bad(`received ${show(id)}, expected 32 hex digits`, column);
  }
  return parseValues(ids, { product, device, time, title, target });
}

type Ids = Pick<Row, 'order_id' | 'user_id' | 'page_id'>;
type Texts = Readonly<Record<'product' | 'device' | 'time' | 'title' | 'target', string>>;

function parseValues(ids: Ids, texts: Texts): ParsedRow {
  const product = texts.product === 'company' ? 'electronics' : texts.product;
  if (!isProduct(product)) return bad(expectOneOf(texts.product, [...PRODUCTS, 'company']), 'product');
  const device = DEVICES.find((one) => one === texts.device);
  if (device === undefined) return bad(expectOneOf(texts.device, DEVICES), 'site_version');
  const second = parseSecond(texts.time);
  if (second === undefined) {
    const expected = 'YYYY-MM-DD HH:MM:SS in whole seconds of UTC, a moment of the years 2000 to 2099';
    return bad(`received ${show(texts.time)}, expected ${expected}`, 'time');
  }
  const title = TITLES.find((one) => one === texts.title);
  if (title === undefined) return bad(expectOneOf(texts.title, TITLES), 'title');
  const target = title === 'order' ? '1' : '0';
  if (WHOLE_NUMBER.exec(texts.target)?.[1] !== target) {
    return bad(`received ${show(texts.target)}, expected ${target} as the title is ${title}`, 'target');
  }
  return { ok: true, row: { ...ids, product, site_version: device, second, title } };
}

const bad = (reason: string, column?: string): ParsedRow => ({
  ok: false,
  bad: column === undefined ? { reason } : { column, reason },
});

const expectOneOf = (came: string, values: readonly string[]) =>
  `received ${show(came)}, expected ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/** The fields, or why the line can't be split into fields. */
export function splitFields(line: string, delimiter: string): string[] | string {
  if (!line.includes('"')) return line.split(delimiter);
  try {
    return parse(line, { delimiter, relax_column_count: true, trim: delimiter !== '\t' })[0] ?? [''];
  } catch (error) {
    const code = codeOf(error) === undefined ? '' : ` (${codeOf(error)})`;
    return `received quotes that don't pair, expected "…" around a whole field${code}`;
  }
}
