import { expect, it } from 'vitest';
import { readHeader } from '../../../seed/csv/header.ts';
import { USUAL_LAYOUT } from '../../../seed/csv/row.ts';
import { HEADER } from '../../../seed/published.ts';

const COLUMNS = HEADER.split(',');
const read = (text: string | Buffer) => readHeader(Buffer.from(text as string), 'product.csv');

it.each([
  ['as published', `${HEADER}\nrest`, HEADER.length + 1],
  ['without a line end', HEADER, HEADER.length],
  ['with a line end as on Windows', `${HEADER}\r\nrest`, HEADER.length + 2],
  ['after a byte order mark', `\uFEFF${HEADER}\nrest`, HEADER.length + 4],
  [
    'after a byte order mark and in quotes',
    `\uFEFF${COLUMNS.map((name) => `"${name}"`).join()}\n`,
    HEADER.length + 20,
  ],
  ['in quotes', `${COLUMNS.map((name) => `"${name}"`).join()}\n`, HEADER.length + 17],
  ['in capitals', `${HEADER.toUpperCase()}\n`, HEADER.length + 1],
  ['with spaces around the names', `${COLUMNS.join(', ')}\n`, HEADER.length + 8],
])('a header has the usual layout, which the fast path serves, %s', (_, text, bytes) => {
  const header = read(text);
  expect(header.bytes).toBe(bytes);
  expect(header.layout).toBe(USUAL_LAYOUT);
});

it.each([',', ';', '\t', '|'])(
  'readHeader finds the columns in another order, with %j between them',
  (delimiter) => {
    const { layout } = read(`${COLUMNS.toReversed().join(delimiter)}\n`);
    expect(layout).toEqual({ delimiter, fields: 8, places: [7, 6, 5, 4, 3, 2, 1, 0] });
  },
);

it.each(['', 'index', 'Unnamed: 0'])('readHeader passes over the row numbers of pandas under %j', (name) => {
  const { layout } = read(`${name},${HEADER}\n`);
  expect(layout).toEqual({ delimiter: ',', fields: 9, places: [1, 2, 3, 4, 5, 6, 7, 8] });
});

it.each(['\n', '\r\n\r\n', '\ufeff\n\n'])(
  'a header may come after blank lines as %j, which count as lines',
  (blank) => {
    const bytes = Buffer.byteLength(blank) + HEADER.length + 1;
    const lines = blank.split('\n').length;
    expect(read(`${blank}${HEADER}\nrest`)).toEqual({ bytes, lines, layout: USUAL_LAYOUT });
    expect(() => read(`${blank}x,y\n`)).toThrow(`product.csv, line ${lines}: received "x,y"`);
  },
);

it('readHeader takes a delimiter at the end of each line', () => {
  const { layout } = read(`${HEADER},\n`);
  expect(layout).toEqual({ delimiter: ',', fields: 9, places: [0, 1, 2, 3, 4, 5, 6, 7] });
});

it.each([
  ['other columns', 'id,name', 'received "id,name", which is not the header of the dataset'],
  ['no text', '\n', 'received "", which is not the header of the dataset'],
  ['another delimiter', HEADER.replaceAll(',', ':'), 'which is not the header of the dataset'],
  ['two columns missing', COLUMNS.slice(0, 6).join(), 'which lacks title, target'],
  ['a column twice', `${HEADER},time`, 'which has time twice'],
  ['a column too many', `${HEADER},price`, 'with "price", which the dataset does not have'],
  ['row numbers in the last column', `${HEADER},index`, 'with "index", which the dataset does not have'],
  ['a quote that stays open', `"${HEADER}`, 'whose quotes do not pair'],
])('readHeader refuses %s by the rule that is broken', (_, text, rule) => {
  const fails = () => read(`${text}\n`);
  expect(fails).toThrow(expect.objectContaining({ code: 'WRONG_HEADER' }));
  expect(fails).toThrow(rule);
  expect(fails).toThrow(/^product\.csv, line \d: .*, expected the columns order_id,.*, in any order$/);
});

it.each([
  ['UTF-16 with a mark', Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le')],
  ['UTF-16 without one', Buffer.from(`${HEADER}\n`, 'utf16le')],
  ['big-endian UTF-16', Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le').swap16()],
  ['binary data', Buffer.from('order_id\0')],
])('readHeader refuses %s', (_, text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 'WRONG_ENCODING' }));
});

it('readHeader cuts a header of a million bytes short in the message', () => {
  expect(() => read('x'.repeat(1_000_000))).toThrow(/^.{0,300}$/);
});
