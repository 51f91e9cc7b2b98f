// One line of the file, read with care: what the fast path didn't recognize comes here, and either is a row after all
// (quoted fields) or is told apart by column, with what came and what was expected.

import { parse } from 'csv-parse/sync';
import { DEVICES, type Device, EVENT_COLUMNS, TITLES, type Title } from '../../src/events/event.ts';
import { isId } from '../../src/events/ids.ts';
import { isProduct, PRODUCTS, type Product } from '../../src/events/products.ts';
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

const LONGEST_QUOTE = 60;

/** A text as messages show it: quoted, and shortened where it is long. */
export function show(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/**
 * Reads one line without its line end. Never throws.
 * A record is always one line: no valid field can hold a line break, so an open quote never swallows the next rows.
 */
export function parseRow(line: string): ParsedRow {
  const fields = splitFields(line);
  if (typeof fields === 'string') return bad(fields);
  if (fields.length !== EVENT_COLUMNS.length) {
    const came = fields.length === 1 && fields[0] === '' ? 'an empty line' : `${fields.length} fields`;
    return bad(`received ${came}, expected ${EVENT_COLUMNS.length} fields`);
  }
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
  for (const [column, id] of Object.entries({ order_id, user_id, page_id })) {
    if (!isId(id)) return bad(`received ${show(id)}, expected 32 lower-case hex digits`, column);
  }
  return parseValues({ order_id, user_id, page_id }, { product, device, time, title, target });
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
    const expected = 'YYYY-MM-DD HH:MM:SS, a moment of the years 2000 to 2099';
    return bad(`received ${show(texts.time)}, expected ${expected}`, 'time');
  }
  const title = TITLES.find((one) => one === texts.title);
  if (title === undefined) return bad(expectOneOf(texts.title, TITLES), 'title');
  const target = title === 'order' ? '1' : '0';
  if (texts.target !== target) {
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

/** The fields, or why the line can't be cut into fields. */
function splitFields(line: string): string[] | string {
  if (!line.includes('"')) return line.split(',');
  try {
    return parse(line, { relax_column_count: true })[0] ?? [''];
  } catch (error) {
    const code = codeOf(error) === undefined ? '' : ` (${codeOf(error)})`;
    return `received quotes that don't pair, expected "…" around a whole field${code}`;
  }
}
