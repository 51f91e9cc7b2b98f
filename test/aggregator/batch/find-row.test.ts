import { expect, it } from 'vitest';
import { findRow } from '../../../src/aggregator/batch/find-row.ts';

/** The text from where a row of three columns seems to begin; undefined where none does. */
function from(text: string): string | undefined {
  const at = findRow(Buffer.from(text), 3);
  return at === -1 ? undefined : text.slice(at);
}

it.each([
  ['what is behind the first line break', 'd of a row\n1,2,3\n4,5,6\n', '1,2,3\n4,5,6\n'],
  ['not a row with other cells', 'end\n1,2\n1,2,3,4\n1,2,3\n', '1,2,3\n'],
  ['not a blank line', 'end\n\n\r\n1,2,3\n', '1,2,3\n'],
  ['quotes with commas and line breaks as one cell', 'end\n1,"2,\n,,",3\n', '1,"2,\n,,",3\n'],
  ['none whose end is not there', 'end\n1,2,3', undefined],
  ['none where a quote is not closed', 'end\n1,"2,3\n', undefined],
  ['none without a line break', '1,2,3', undefined],
  ['none in nothing', '', undefined],
])('a row is taken to begin where it has the cells of the header: %s', (_, text, expected) => {
  expect(from(text)).toBe(expected);
});
