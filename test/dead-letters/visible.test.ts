import path from 'node:path';
import ejs from 'ejs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHidden, hexDump, visiblePieces } from '../../src/dead-letters/visible.ts';
import { packageRoot } from '../../src/runtime/paths.ts';

const plain = (text: string) =>
  visiblePieces(text, 100_000)
    .pieces.map((piece) =>
      'text' in piece ? piece.text : `[${piece.hidden}${piece.times > 1 ? ` × ${piece.times}` : ''}]`,
    )
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
    ['a\0\0\0b\u200b\u200b\0', 'a[U+0000 × 3]b[U+200B × 2][U+0000]'],
    ['\u{e0041}\u{e0041}', '[U+E0041 × 2]'],
    ['one\u2028line', 'one[U+2028]line'],
    ['tab\tand\nline', 'tab\tand\nline'],
    ['Größe 尺寸 🙂 שלום', 'Größe 尺寸 🙂 שלום'],
  ])('visiblePieces names what can not be seen in %j', (text, shown) => {
    expect(plain(text)).toBe(shown);
  });

  it('visiblePieces becomes no more HTML than it may, whatever is written', async () => {
    const file = path.join(packageRoot, 'views/partials/pieces.ejs');
    const texts = fc.string({ unit: 'binary', minLength: 100, maxLength: 2_000 });
    const hostile = fc
      .tuple(
        fc.constantFrom('"', "'\0", '\u{e0041}a', '🙂', '\0\u200b', '\ud800'),
        fc.integer({ max: 5_000, min: 1 }),
      )
      .map(([unit, times]) => unit.repeat(times));
    await fc.assert(
      fc.asyncProperty(fc.oneof(texts, hostile), fc.integer({ min: 0, max: 9_000 }), async (text, most) => {
        const { pieces, cut } = visiblePieces(text, most);
        const html = (await ejs.renderFile(file, { pieces }, { cache: true })).trimStart();
        expect(Buffer.byteLength(html)).toBeLessThanOrEqual(most);
        const told = pieces.map((piece) => ('text' in piece ? piece.text : '#'.repeat(piece.times)));
        if (!cut) expect([...told.join('')].length).toBe([...text].length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('escapeHidden', () => {
  it('escapeHidden leaves no hidden character in JSON, and its meaning as it was', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const escaped = escapeHidden(json);
        expect(
          visiblePieces(escaped, Number.POSITIVE_INFINITY).pieces.every((piece) => 'text' in piece),
        ).toBe(true);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
      }),
    );
  });
});

describe('hexDump', () => {
  it('hexDump shows places, bytes and what is printable of them', () => {
    expect(hexDump(Buffer.from([0x41, 0x00, 0xff]))).toMatch(/^0000 {2}41 00 ff {40} A\.\.$/);
    expect(hexDump(Buffer.alloc(600))).toContain('88 more bytes');
  });
});
