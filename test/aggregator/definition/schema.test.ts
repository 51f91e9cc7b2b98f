import { expect, it } from 'vitest';
import { definitionSchema, isDecimal } from '../../../src/aggregator/definition/schema.ts';

const GOOD = {
  name: 'd',
  group: { fields: ['a'] },
  aggregate: [{ field: 'n', operation: 'SUM' }],
  flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 } },
};
const takes = (changes: object) => definitionSchema.safeParse({ ...GOOD, ...changes }).success;
const withTimeout = (timeout: object) => takes({ flush: { by: 'TIMEOUT', timeout } });

it.each([
  ['a', true],
  ['print-shop-2', true],
  ['a'.repeat(64), true],
  ['a'.repeat(65), false],
  ['', false],
  ['-a', false],
  ['a-', false],
  ['Print', false],
  ['a_b', false],
  ['a\n', false],
])('a definition may be named %j: %j', (name, expected) => {
  expect(takes({ name })).toBe(expected);
});

it.each([
  ['clicks', true],
  ['a.b_c-D', true],
  ['x'.repeat(237), true],
  ['x'.repeat(238), false],
  ['.', false],
  ['..', false],
  ['...', true],
  ['a b', false],
  ['', false],
])('a definition may read the topic %j, as Kafka names it: %j', (topic, expected) => {
  expect(takes({ topic })).toBe(expected);
});

it.each([
  [{ type: 'HOUR', hours: 24 * 366 }, true],
  [{ type: 'HOUR', hours: 24 * 366 + 1 }, false],
  [{ type: 'HOUR', hours: 0 }, false],
  [{ type: 'HOUR', hours: 1.5 }, false],
  [{ type: 'DAY', time: '23:59', zone: 'Europe/Berlin' }, true],
  [{ type: 'DAY', time: '24:00', zone: 'UTC' }, false],
  [{ type: 'DAY', time: '9:00', zone: 'UTC' }, false],
  [{ type: 'DAY', time: '09:00', zone: '+02:00' }, false],
  [{ type: 'DAY', time: '09:00', zone: 'Mars/Olympus' }, false],
  [{ type: 'MONTH', day: 31, time: '00:00', zone: 'UTC' }, true],
  [{ type: 'MONTH', day: 'last', time: '00:00', zone: 'UTC' }, true],
  [{ type: 'MONTH', day: 32, time: '00:00', zone: 'UTC' }, false],
  [{ type: 'MONTH', day: 0, time: '00:00', zone: 'UTC' }, false],
  [{ type: 'MONTH', day: 1, time: '23:59', zone: 'UTC' }, true],
  [{ type: 'MONTH', day: 15, time: '23:59', zone: 'UTC' }, true],
  [{ type: 'TIMESTAMP', field: 'event_time' }, true],
  [{ type: 'TIMESTAMP', field: '' }, false],
  // Nothing of a timeout is left to be guessed.
  [{ type: 'HOUR' }, false],
  [{ type: 'DAY', zone: 'UTC' }, false],
  [{ type: 'DAY', time: '23:59' }, false],
  [{ type: 'MONTH', time: '23:59', zone: 'UTC' }, false],
  [{ type: 'MONTH', day: 1, zone: 'UTC' }, false],
  [{ type: 'MONTH', day: 1, time: '23:59' }, false],
  [{ type: 'TIMESTAMP' }, false],
  [{}, false],
])('a timeout may be %j: %j', (timeout, expected) => {
  expect(withTimeout(timeout)).toBe(expected);
});

it('operations, periods and operators are taken in the spellings that people have for them', () => {
  const conditions = [
    ...['≥', '≤', '≠', '=='].map((operator) => ({ name: 'c', field: 'n', operator, value: 1 })),
    { name: 'c', field: 'n', type: 'text', operator: 'not equals', value: 'x' },
  ];
  const parsed = definitionSchema.parse({
    ...GOOD,
    group: { fields: ['a'], periods: [{ field: 't', period: 'month' }] },
    aggregate: [{ field: 'n', operation: 'Average' }],
    flush: { ...GOOD.flush, conditions },
  });
  expect(parsed.group.periods).toEqual([{ field: 't', period: 'MONTH' }]);
  expect(parsed.aggregate).toEqual([{ field: 'n', operation: 'AVERAGE' }]);
  expect(parsed.flush.by === 'TIMEOUT' && parsed.flush.conditions?.map(({ operator }) => operator)).toEqual([
    ...['>=', '<=', '!=', '=', 'not_equals'],
  ]);
});

it('a field that no definition has is refused, at any depth', () => {
  expect(takes({ colour: 'red' })).toBe(false);
  expect(takes({ group: { fields: ['a'], colour: 'red' } })).toBe(false);
  expect(withTimeout({ type: 'HOUR', hours: 1, zone: 'UTC' })).toBe(false);
});

it('a value that can be compared is a decimal, as text too', () => {
  expect([1, '1.50', '-1e3', '9'.repeat(1_000)].every(isDecimal)).toBe(true);
  for (const value of ['', 'x', '0x1', 'Infinity', Number.NaN, null, true, '9'.repeat(1_001)])
    expect([value, isDecimal(value)]).toEqual([value, false]);
});
