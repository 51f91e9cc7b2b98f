import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHidden, hexDump, visiblePieces } from '../../src/dead-letters/visible.ts';

const plain = (text: string) =>
  visiblePieces(text)
    .map((piece) => ('text' in piece ? piece.text : `[${piece.hidden}]`))
    .join('');

describe('visiblePieces', () => {
  it.each([
    ['a\u202eb', 'a[U+202E]b'],
    ['\u2066\u2069', '[U+2066][U+2069]'],
    ['zero\u200bwidth', 'zero[U+200B]width'],
    ['\0\u0007\r', '[U+0000][U+0007][U+000D]'],
    ['\u009b31m', '[U+009B]31m'],
    ['\u{e0041}', '[U+E0041]'],
    ['\u3164', '[U+3164]'],
    ['one\u2028line', 'one[U+2028]line'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['Größe 尺寸 🙂 שלום', 'Größe 尺寸 🙂 שלום'],
  ])('names what can not be seen in %j', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });
});

describe('escapeHidden', () => {
  it('leaves no hidden character in JSON, and its meaning as it was', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const escaped = escapeHidden(json);
        expect(visiblePieces(escaped).every((piece) => 'text' in piece)).toBe(true);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
      }),
    );
  });
});

describe('hexDump', () => {
  it('shows places, bytes and what is printable of them', () => {
    expect(hexDump(Buffer.from([0x41, 0x00, 0xff]))).toMatch(/^0000 {2}41 00 ff {40} A\.\.$/);
    expect(hexDump(Buffer.alloc(600))).toContain('88 more bytes');
  });
});
