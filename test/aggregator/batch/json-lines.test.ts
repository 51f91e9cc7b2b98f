import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonReader, NdjsonReader } from '../../../src/aggregator/batch/json-lines.ts';

type Kind = typeof JsonReader | typeof NdjsonReader;

/** The field `a` of each record, and each fault, with their positions; the text comes in blocks of bytes. */
function readAll(Reader: Kind, text: string, blockBytes = Number.POSITIVE_INFINITY) {
  const found: unknown[] = [];
  const faults: string[] = [];
  const reader = new Reader(
    ['a'],
    ([cell], position) => found.push([position, cell]),
    (message, position) => faults.push(`${position}: ${message}`),
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += blockBytes) reader.write(bytes.subarray(at, at + blockBytes));
  reader.end();
  return { found, faults };
}

const texts = fc.array(
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', ']', ',', '\n', 'ä', '漢', ' ') }),
  { maxLength: 8 },
);

describe('a list of objects', () => {
  it('is read whole in whatever blocks it comes, with brackets and quotes in its texts', () => {
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 2),
        (all, block, indent) => {
          const { found, faults } = readAll(
            JsonReader,
            JSON.stringify(
              all.map((a) => ({ a, b: [{}] })),
              null,
              indent,
            ),
            block,
          );
          expect(found).toEqual(all.map((a, n) => [n + 1, a]));
          expect(faults).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('may be a single object, and nothing at all', () => {
    expect(readAll(JsonReader, '\n {"a": 1}\n').found).toEqual([[1, 1]]);
    expect(readAll(JsonReader, ' [ ] \n')).toEqual({ found: [], faults: [] });
    expect(readAll(JsonReader, '')).toEqual({ found: [], faults: [] });
  });

  it('goes on behind an element that is no object', () => {
    expect(readAll(JsonReader, '[{"a":1}, 7, "x,]", {"a":2}]')).toEqual({
      found: [
        [1, 1],
        [4, 2],
      ],
      faults: ['2: received 7, expected a JSON object', '3: received "x,]", expected a JSON object'],
    });
  });

  it('tells of an element that is no JSON, and of one that is cut off', () => {
    const { found, faults } = readAll(JsonReader, '[{"a":1}, {a:2}, {"a":');
    expect(found).toEqual([[1, 1]]);
    expect(faults).toHaveLength(2);
    for (const [index, fault] of faults.entries())
      expect(fault).toMatch(
        new RegExp(`^${index + 2}: received text that is not JSON \\(.+\\), expected an object$`),
      );
  });

  it.each([
    ['[', 1],
    ['[{"a":1}', 2],
    ['[{"a":1},\n', 2],
  ])('whose end is missing, as in %j, is told, for what may be missing with it', (text, position) => {
    for (const block of [1, 100])
      expect(readAll(JsonReader, text, block).faults).toEqual([
        `${position}: received a list that is cut off, expected one that ends with ]`,
      ]);
  });

  it('is over where it ends: what comes behind is none of it', () => {
    for (const block of [1, 100])
      expect(readAll(JsonReader, '[{"a":1}] \n, {"a":2}, {"a":3}]', block)).toEqual({
        found: [[1, 1]],
        faults: ['2: received , behind the end of the list, expected nothing more'],
      });
    expect(readAll(JsonReader, '\n[]\n \n')).toEqual({ found: [], faults: [] });
  });
});

describe('an object a line', () => {
  it('is read in whatever blocks it comes, with blank lines and CRLF between, and no line end at the end', () => {
    fc.assert(
      fc.property(
        texts,
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        (all, block, end) => {
          const { found, faults } = readAll(
            NdjsonReader,
            all.map((a) => JSON.stringify({ a })).join(end),
            block,
          );
          expect(found).toEqual(all.map((a, n) => [end === '\n\n' ? 2 * n + 1 : n + 1, a]));
          expect(faults).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is told with its line where it is none', () => {
    expect(readAll(NdjsonReader, '{"a":1}\n[1]\n\nnonsense\n{"a":2}\n')).toEqual({
      found: [
        [1, 1],
        [5, 2],
      ],
      faults: [
        '2: received [1], expected a JSON object',
        expect.stringMatching(/^4: received text that is not JSON \(.+\), expected an object$/),
      ],
    });
  });
});
