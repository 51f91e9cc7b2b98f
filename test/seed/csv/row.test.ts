import { expect, it } from 'vitest';
import { parseRow, show, splitFields, USUAL_LAYOUT } from '../../../seed/csv/row.ts';

const ID = '0123456789abcdef'.repeat(2);
const FIELDS = [ID, ID, ID, 'clothes', 'mobile', '2019-01-11 09:24:43', 'order', '1'];
const GOOD = FIELDS.join();
const ROW = {
  order_id: ID,
  user_id: ID,
  page_id: ID,
  product: 'clothes',
  site_version: 'mobile',
  second: (Date.UTC(2019, 0, 11, 9, 24, 43) - Date.UTC(2000, 0, 1)) / 1000,
  title: 'order',
};

const field = (index: number, value: string) => FIELDS.with(index, value).join();

it.each([
  ['a line as the dataset has it', GOOD],
  ['fields in quotes', FIELDS.map((text) => `"${text}"`).join()],
  ['an id in capitals with dashes', field(0, '01234567-89AB-CDEF-0123-456789ABCDEF')],
  ['a decimal target', field(7, '1.00')],
  ['a target with a decimal comma', field(7, '"1,0"')],
  ['a time in ISO 8601', field(5, '2019-01-11T09:24:43Z')],
])('parseRow reads %s', (_, line) => {
  expect(parseRow(line)).toEqual({ ok: true, row: ROW });
});

it.each([
  ['after its delimiters', FIELDS.join(', ')],
  ['around its quotes', FIELDS.map((value) => ` "${value}" `).join()],
  ['within its quotes', FIELDS.map((value) => `" ${value} "`).join()],
])('parseRow reads a line with spaces %s', (_, line) => {
  expect(parseRow(line)).toEqual({ ok: true, row: ROW });
});

it('parseRow keeps an empty field between tabs in a line with quotes', () => {
  expect(splitFields('"a"\t\t"b"', '\t')).toEqual(['a', '', 'b']);
});

it('parseRow reads company as the electronics that the shop sells', () => {
  expect(parseRow(field(3, 'company'))).toEqual({ ok: true, row: { ...ROW, product: 'electronics' } });
});

it('parseRow finds the columns of another layout, and passes over foreign ones', () => {
  const layout = { delimiter: '\t', fields: 9, places: [8, 7, 6, 5, 4, 3, 2, 1] };
  const line = ['row 7', ...FIELDS.toReversed()].join('\t');
  expect(parseRow(line, layout)).toEqual({ ok: true, row: ROW });
});

it.each([
  ['an empty line', '', undefined, 'received an empty line, expected 8 fields'],
  ['too few fields', 'a,b', undefined, 'received 2 fields, expected 8 fields'],
  ['too many fields', `${GOOD},more`, undefined, 'received 9 fields, expected 8 fields'],
  ['a delimiter at its end', `${GOOD},`, undefined, 'received 9 fields, expected 8 fields'],
  ['a quote that stays open', field(3, '"clothes'), undefined, "received quotes that don't pair"],
  ['a quote within a field', field(3, 'clo"thes'), undefined, "received quotes that don't pair"],
  ['a short id', field(1, 'abc'), 'user_id', 'received "abc", expected 32 hex digits'],
  ['a long id', field(1, `${ID}0`), 'user_id', `received "${ID}0", expected 32 hex digits`],
  ['an id without a value', field(2, ''), 'page_id', 'received "", expected 32 hex digits'],
  [
    'an unknown product',
    field(3, 'boats'),
    'product',
    'received "boats", expected accessories, clothes, electronics, sneakers, sports_nutrition or company',
  ],
  ['a product in capitals', field(3, 'Clothes'), 'product', 'received "Clothes", expected accessories'],
  ['a word of JavaScript as a product', field(3, 'constructor'), 'product', 'received "constructor"'],
  ['a NUL', field(3, 'clo\0thes'), 'product', String.raw`received "clo\u0000thes", expected accessories`],
  ['an unknown device', field(4, 'tablet'), 'site_version', 'received "tablet", expected desktop or mobile'],
  [
    'a time in seconds',
    field(5, '1547198683'),
    'time',
    'received "1547198683", expected YYYY-MM-DD HH:MM:SS',
  ],
  ['a time in American order', field(5, '01/11/2019 09:24'), 'time', 'expected YYYY-MM-DD HH:MM:SS'],
  ['a time of another zone', field(5, '2019-01-11T09:24:43+02:00'), 'time', 'in whole seconds of UTC'],
  ['half a second', field(5, '2019-01-11 09:24:43.5'), 'time', 'in whole seconds of UTC'],
  ['a day that no calendar has', field(5, '2019-02-29 00:00:00'), 'time', 'received "2019-02-29 00:00:00"'],
  ['an unknown title', field(6, 'refund'), 'title', 'expected banner_show, banner_click or order'],
  [
    'another target than the title’s',
    field(7, '0'),
    'target',
    'received "0", expected 1 as the title is order',
  ],
  ['a target between', field(7, '1.5'), 'target', 'received "1.5", expected 1'],
  ['a target without a value', field(7, ''), 'target', 'received "", expected 1'],
])('parseRow refuses %s, with its column and reason', (_, line, column, reason) => {
  expect(parseRow(line)).toMatchObject({ ok: false, bad: { reason: expect.stringContaining(reason) } });
  const parsed = parseRow(line);
  expect(parsed.ok ? undefined : parsed.bad.column).toBe(column);
});

it('parseRow names the first of several faults', () => {
  expect(parseRow(FIELDS.map(() => 'x').join())).toMatchObject({ bad: { column: 'order_id' } });
});

it('parseRow shortens a long value in messages, and keeps one of sixty characters', () => {
  expect(show('x'.repeat(60))).toBe(JSON.stringify('x'.repeat(60)));
  expect(show('x'.repeat(61))).toBe(JSON.stringify(`${'x'.repeat(60)}…`));
});

it('parseRow splits quoted fields with delimiters and doubled quotes in them', () => {
  expect(splitFields('a,"b,c","d ""e"""', ',')).toEqual(['a', 'b,c', 'd "e"']);
  expect(splitFields('', ',')).toEqual(['']);
  expect(splitFields('a;b', USUAL_LAYOUT.delimiter)).toEqual(['a;b']);
});
