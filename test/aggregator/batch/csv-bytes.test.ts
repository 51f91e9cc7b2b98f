import { expect, it } from 'vitest';
import { afterBlank, closingQuote, endOfCell, lineBreaks } from '../../../src/aggregator/batch/csv-bytes.ts';

it.each([
  ['LF', '\na', 1],
  ['CRLF', '\r\na', 2],
  ['a CR alone, which begins a cell', '\ra', 0],
  ['a CR at the end of the bytes', '\r', 0],
  ['a row with cells', 'a\n', 0],
  ['nothing', '', 0],
])('only an empty row is passed over: %s', (_, text, next) => {
  expect(afterBlank(Buffer.from(`xyz${text}`), 3)).toBe(3 + next);
});

it('line breaks are counted from the first byte on, and before the last', () => {
  const bytes = Buffer.from('\na\n\nb\r\n');
  expect(lineBreaks(bytes, 0, bytes.length)).toBe(4);
  expect(lineBreaks(bytes, 1, bytes.length)).toBe(3);
  expect(lineBreaks(bytes, 2, 3)).toBe(1);
  expect(lineBreaks(bytes, 0, bytes.length - 1)).toBe(3);
  expect(lineBreaks(bytes, 3, 3)).toBe(0);
});

it.each([
  ['a quoted cell ends at its first single quote', 'ab",c"', 2],
  ['a doubled quote is a character of its cell', 'a""b",', 4],
  ['of three quotes the last ends the cell', 'a""",', 3],
  ['an empty quoted cell ends where it begins', '",', 0],
  ['a quote that is the last byte ends its cell', 'a"', 1],
  ['doubled quotes alone leave a cell open', 'a""', -1],
  ['without a quote a cell is open', 'a,b\n', -1],
])('%s', (_, text, at) => {
  expect(closingQuote(Buffer.from(text), 0)).toBe(at);
  expect(closingQuote(Buffer.from(`"${text}`), 1)).toBe(at === -1 ? -1 : at + 1);
});

it.each([
  ['a comma', 'ab,c\n', 2],
  ['a line break', 'ab\nc,', 2],
  ['the end of the bytes', 'ab', 2],
  ['a comma, though a quote stands before it', 'a",', 2],
  ['itself, where the cell is empty', ',a', 0],
])('a cell without quotes is ended by %s', (_, text, end) => {
  expect(endOfCell(Buffer.from(`,\n${text}`), 2)).toBe(2 + end);
});
