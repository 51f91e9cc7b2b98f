import { expect, it } from 'vitest';
import { LongRow } from '../../../src/aggregator/batch/long-row.ts';

/** How the row at the beginning of a text is passed, block by block: what is behind it, undefined where it goes on. */
function passed(text: string, blockBytes: number) {
  const row = new LongRow();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const end = row.pass(bytes.subarray(at, at + blockBytes));
    if (end !== -1) return { behind: bytes.toString('utf8', at + end), ...row.length, quoted: row.isQuoted };
  }
  return { behind: undefined, ...row.length, quoted: row.isQuoted };
}

it.each([
  ['a bare cell', 'a,b\nnext', 'next', 1],
  ['CRLF', 'a,b\r\nnext', 'next', 1],
  ['line breaks and commas within quotes', 'a,"b\n,\n"\nnext', 'next', 3],
  ['doubled quotes', '"a""\n""b",c\nnext', 'next', 2],
  ['a cell of a doubled quote', '"""\n",c\nnext', 'next', 2],
  ['an empty quoted cell', '"",c\nnext', 'next', 1],
  ['a quote in a bare cell, which is a character', 'a 12" screen,c"\nnext', 'next', 1],
  ['what stands behind the closing quote', '"a"b"c\nnext', 'next', 1],
])('a long row is followed to its end, in whatever blocks it comes: %s', (_, text, behind, lines) => {
  const bytes = Buffer.byteLength(text) - Buffer.byteLength(behind);
  for (const block of [1, 2, 3, 100])
    expect(passed(text, block)).toEqual({ behind, bytes, lines, quoted: false });
});

it('a long row whose quote is never closed goes on to the end of its file', () => {
  for (const block of [1, 100])
    expect(passed('a,"b\n1,2\n', block)).toEqual({ behind: undefined, bytes: 9, lines: 3, quoted: true });
});
