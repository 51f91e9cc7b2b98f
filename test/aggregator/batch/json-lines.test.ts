import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonReader, LONGEST_RECORD, NdjsonReader } from '../../../src/aggregator/batch/json-lines.ts';

type Kind = typeof JsonReader | typeof NdjsonReader;

/** The field `a` of each record, and each fault, with their positions; the text comes in blocks of bytes. */
function readAll(Reader: Kind, text: string, blockBytes = Number.POSITIVE_INFINITY, longest?: number) {
  const found: unknown[] = [];
  const faults: string[] = [];
  const reader = new Reader(
    ['a'],
    ([cell], position) => found.push([position, cell]),
    (message, position) => faults.push(`${position}: ${message}`),
    longest === undefined ? {} : { longest },
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
  it('a list of objects is read whole in whatever blocks it comes, with brackets and quotes in its texts', () => {
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

  it('a file of JSON may be a single object, and a list without one', () => {
    expect(readAll(JsonReader, '\n {"a": 1}\n').found).toEqual([[1, 1]]);
    expect(readAll(JsonReader, ' [ ] \n')).toEqual({ found: [], faults: [] });
  });

  it.each(['', ' \n'])('a file of JSON with nothing in it, %j, is told: it has not even a list', (text) => {
    expect(readAll(JsonReader, text)).toEqual({
      found: [],
      faults: ['1: received nothing, expected a list of objects, or one object'],
    });
    expect(readAll(NdjsonReader, text)).toEqual({ found: [], faults: [] });
  });

  it('a list is read on behind an element that is no object', () => {
    expect(readAll(JsonReader, '[{"a":1}, 7, "x,]", {"a":2}]')).toEqual({
      found: [
        [1, 1],
        [4, 2],
      ],
      faults: ['2: received 7, expected a JSON object', '3: received "x,]", expected a JSON object'],
    });
  });

  it('an element that is no JSON is told, and one that is cut off', () => {
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
  ])('a list whose end is missing, as in %j, is told, for what may be missing with it', (text, position) => {
    for (const block of [1, 100])
      expect(readAll(JsonReader, text, block).faults).toEqual([
        `${position}: received a list that is cut off, expected one that ends with ]`,
      ]);
  });

  it('a list is over where it ends: what comes behind is none of it', () => {
    for (const block of [1, 100])
      expect(readAll(JsonReader, '[{"a":1}] \n, {"a":2}, {"a":3}]', block)).toEqual({
        found: [[1, 1]],
        faults: ['2: received , behind the end of the list, expected nothing more'],
      });
    expect(readAll(JsonReader, '\n[]\n \n')).toEqual({ found: [], faults: [] });
  });
});

describe('an object a line', () => {
  it('an object a line is read in whatever blocks it comes, with blank lines and CRLF between, and no line end at the end', () => {
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

  it('a line that is no object is told with its number', () => {
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

describe.each([
  ['a list of objects', JsonReader],
  ['an object a line', NdjsonReader],
])('a record that is longer than it may be, in %s', (_, Reader) => {
  it('a record that is longer than it may be is told by its place, in whatever blocks it comes, and the others are read', () => {
    const longest = 40;
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 60 }), (all, block) => {
        const records = all.map((a) => JSON.stringify({ a: a.repeat(3) }));
        const text = isListOf(Reader) ? `[${records.join(',')}]` : records.join('\n');
        const { found, faults } = readAll(Reader, text, block, longest);
        const isLong = records.map((record) => record.length > longest);
        expect(found).toEqual(all.flatMap((a, n) => (isLong[n] ? [] : [[n + 1, a.repeat(3)]])));
        expect(faults).toEqual(
          isLong.flatMap((is, n) =>
            is ? [`${n + 1}: received a record of more than 40 characters, expected a shorter one`] : [],
          ),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('a record of more than sixteen million characters is too long, where nothing else is said', () => {
    const long = 'x'.repeat(LONGEST_RECORD - '{"a":""}'.length);
    for (const [a, told] of [
      [long, false],
      [`${long}x`, true],
    ] as const) {
      const record = JSON.stringify({ a });
      const { found, faults } = readAll(Reader, isListOf(Reader) ? `[${record}]` : record, 1024 * 1024);
      expect([found.length, faults]).toEqual(
        told
          ? [0, ['1: received a record of more than 16,777,216 characters, expected a shorter one']]
          : [1, []],
      );
    }
  });
});

it('a line that is longer than it may be is not kept: one that no text could hold is told', () => {
  const told: number[] = [];
  const reader = new NdjsonReader(
    ['a'],
    () => {},
    (_, line) => told.push(line),
  );
  const block = Buffer.alloc(1024 * 1024, 'x');
  for (let megabyte = 0; megabyte < 520; megabyte += 1) reader.write(block);
  reader.end();
  expect(told).toEqual([1]);
});

const isListOf = (Reader: Kind): boolean => Reader === JsonReader;
