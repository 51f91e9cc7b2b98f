import { describe, expect, it } from 'vitest';
import { describeDefinition, flushCalendar } from '../../../src/aggregator/definition/calendar.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

const definition = (flush: object) =>
  checkValue({
    name: 'calls',
    group: { fields: ['caller', 'region'], periods: [{ field: 'time', period: 'MONTH' }] },
    aggregate: [
      { field: 'cost', operation: 'SUM', as: 'total' },
      { field: 'cost', operation: 'MAX' },
      { operation: 'COUNT' },
    ],
    flush,
  });
const calendar = (timeout: object, now: string, count: number) =>
  flushCalendar(definition({ by: 'TIMEOUT', timeout }), Date.parse(now), count);

describe('the next flushes', () => {
  it('the next flushes by DAY are at its local time, with a note where a clock change moves one', () => {
    const timeout = { type: 'DAY', time: '02:30', zone: 'Europe/Berlin' };
    const skipped = 'the clocks go forward over this time, so it keeps the offset before';
    expect(calendar(timeout, '2024-03-29T12:00:00Z', 3)).toEqual([
      { local: '2024-03-30 02:30 Europe/Berlin', utc: '2024-03-30T01:30:00.000Z', notes: [] },
      { local: '2024-03-31 03:30 Europe/Berlin', utc: '2024-03-31T01:30:00.000Z', notes: [skipped] },
      { local: '2024-04-01 02:30 Europe/Berlin', utc: '2024-04-01T00:30:00.000Z', notes: [] },
    ]);
    expect(calendar(timeout, '2024-10-26T12:00:00Z', 1)).toMatchObject([
      { utc: '2024-10-27T00:30:00.000Z', notes: [expect.stringContaining('comes twice: the first counts')] },
    ]);
  });

  it('the next flushes by MONTH say where a month is too short', () => {
    const timeout = { type: 'MONTH', day: 30, time: '00:00', zone: 'UTC' };
    expect(calendar(timeout, '2024-01-30T00:00:00Z', 2)).toEqual([
      {
        local: '2024-02-29 00:00 UTC',
        utc: '2024-02-29T00:00:00.000Z',
        notes: ['the month has no such day: its last one counts'],
      },
      { local: '2024-03-30 00:00 UTC', utc: '2024-03-30T00:00:00.000Z', notes: [] },
    ]);
  });

  it.each([
    [{ by: 'END_OF_TRANSACTION' }, 'at the end of each file'],
    [{ by: 'END_OF_STREAM' }, 'once, when all files were read'],
    [{ by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 36 } }, "36 h after a session's own first record"],
    [
      { by: 'TIMEOUT', timeout: { type: 'TIMESTAMP', field: 'until' } },
      "at the time that until of a session's first record holds",
    ],
  ])('of %j are no times of a calendar', (flush, words) => {
    expect(flushCalendar(definition(flush), 0)).toBe(words);
  });
});

it('a definition is told in sentences, its conditions with the signs that people read', () => {
  const conditions = [
    { name: 'limit', aggregate: 'total', operator: '>=', value: 70 },
    { name: 'odd', field: 'kind', type: 'text', operator: 'not_equals', value: 'call' },
    { name: 'last', field: 'final', type: 'boolean', value: true },
  ];
  const flush = { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 }, conditions };
  expect(describeDefinition(definition(flush))).toEqual([
    'calls groups by caller, region, the month of time.',
    'Of each group it keeps SUM(cost) as total, MAX(cost), COUNT.',
    'A session is flushed at once where total ≥ 70 (limit).',
    'A session is flushed at once where kind does not equal call (odd).',
    'A session is flushed at once where final is true (last).',
  ]);
});
