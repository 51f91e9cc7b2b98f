import { expect, it } from 'vitest';
import { Digits, Structure } from '../../../src/aggregator/core/cell.ts';
import { cellsOf } from '../../../src/aggregator/realtime/record-cells.ts';

const record = (value: Buffer | string | null, undecodable?: string) => ({
  offset: 0n,
  timestamp: 0,
  key: null,
  value: typeof value === 'string' ? Buffer.from(value) : value,
  ...(undecodable === undefined ? {} : { undecodable }),
});

it('a record has the cells of its fields in the order in which they are read, with all digits', () => {
  const value = '{"n":9007199254740993,"a":"ä","o":{"b":1,"a":[]},"x":null}';
  expect(cellsOf(record(value), ['a', 'n', 'o', 'x', 'missing', 'toString'])).toEqual([
    ...['ä', new Digits('9007199254740993'), new Structure('{"a":[],"b":1}'), null, undefined, undefined],
  ]);
});

it.each([
  [record(null), 'received a record without a value, expected a JSON object'],
  [
    record(Buffer.from('7b22ff227d', 'hex')),
    'received bytes that are not UTF-8, expected a JSON object in UTF-8',
  ],
  [record('[1]'), 'received [1], expected a JSON object'],
  [record('null'), 'received null, expected a JSON object'],
  [record(`"${'x'.repeat(100)}"`), `received "${'x'.repeat(59)}, expected a JSON object`],
  [record('{"a":1}', 'does not unpack'), 'does not unpack'],
])('says why there are none: %#', (one, reason) => {
  expect(cellsOf(one, ['a'])).toBe(reason);
});

it.each(['', '{', '{"a":01}', '{"a":1}{'])('of the value %j it is said that it is no JSON', (text) => {
  expect(cellsOf(record(text), ['a'])).toMatch(/^received text that is not JSON \(.+\), expected an object$/);
});
