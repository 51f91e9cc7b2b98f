import { expect, it } from 'vitest';
import { outlineOf, typeOf } from '../../src/openapi/schema-outline.ts';

const drawn = (schema: object) =>
  outlineOf({ ...schema })
    .map((mark) => Object.values(mark)[0])
    .join('');

it.each([
  [{ type: 'integer', minimum: 0 }, 'integer ≥ 0'],
  [{ enum: ['a', 1] }, '"a" | 1'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { $ref: '#/components/schemas/Event' } }, '[Event, …]'],
  [{ type: 'array' }, '[anything, …]'],
  [{ anyOf: [{ const: 0 }, { type: 'null' }] }, '0 | null'],
  [{ oneOf: [{ $ref: '#/x/A' }, { $ref: '#/x/B' }] }, 'A | B'],
  [{}, 'anything'],
  [{ properties: {} }, '{\n}'],
  [
    {
      properties: { a: { type: 'string', description: 'first' }, b: { properties: { c: {} } } },
      required: ['a'],
    },
    '{\n  a: string  first\n  b?: {\n    c?: anything\n  }\n}',
  ],
])('outlineOf draws %j', (schema, outline) => {
  expect(drawn(schema)).toBe(outline);
});

it.each([
  [{ const: null }, 'null'],
  [{ type: 'string', format: 'date-time', pattern: '^x$' }, 'string (date-time)'],
  [{ type: 'string', pattern: '^[0-9a-f]{32}$' }, 'string ^[0-9a-f]{32}$'],
  [{ type: 'string', pattern: 'x'.repeat(17) }, 'string'],
  [{ type: 'number', minimum: 0, maximum: 1 }, 'number ≥ 0 ≤ 1'],
  [{ type: 'string', maxLength: 5 }, 'string length ≤ 5'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, '{ [name]: integer }'],
  [{ type: 'object', additionalProperties: false }, 'object'],
])('typeOf says the type of %j in a few words: %s', (schema, words) => {
  expect(typeOf(schema)).toBe(words);
});

it('outlineOf keeps notes and names of schemas apart from the text around them, which is one mark', () => {
  const schema = { properties: { a: { $ref: '#/x/A', description: 'an `A`' }, b: {} }, required: ['a', 'b'] };
  expect(outlineOf(schema)).toEqual([
    { text: '{\n  a: ' },
    { schema: 'A' },
    { note: '  an A' },
    { text: '\n  b: anything\n}' },
  ]);
});
