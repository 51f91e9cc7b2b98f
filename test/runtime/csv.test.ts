import { expect, it } from 'vitest';
import { csvCell, spreadsheetCell } from '../../src/runtime/csv.ts';

it.each([
  ['', ''],
  ['a b', 'a b'],
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  ['one\r\ntwo', '"one\r\ntwo"'],
  ['=1+1', '=1+1'],
])('%j is the cell %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

it.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+49 30 1', "'+49 30 1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['\n=1', `"'\n=1"`],
  ['＝1+1', "'＝1+1"],
  ['-', "'-"],
  ['-5', '-5'],
  ['+1.5e3', '+1.5e3'],
  ['-.5', '-.5'],
  ['sneakers', 'sneakers'],
  ['a=1', 'a=1'],
])('%j is the cell %j of a spreadsheet, a text', (text, cell) => {
  expect(spreadsheetCell(text)).toBe(cell);
});
