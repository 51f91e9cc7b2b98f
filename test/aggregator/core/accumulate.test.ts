// What an operation keeps of the values so far: written down and read again at any moment, it goes on as if it had never been.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Accumulator,
  accumulatorOf,
  isNumeric,
  OPERATIONS,
  type Operation,
} from '../../../src/aggregator/core/accumulate.ts';
import { type Cell, Digits, numberCell, readNumeric } from '../../../src/aggregator/core/cell.ts';
import { NumberReader } from '../../../src/aggregator/core/decimal.ts';

const reader = new NumberReader();
/** Cells of these tests are texts, numbers and digits. */
const readCell = (json: string): Cell => (json.startsWith('"') ? JSON.parse(json) : numberCell(json));
const empty = (operation: Operation) => accumulatorOf(operation, '', readCell);

/** Adds as a session does: a numeric operation is given what can be read as a number. */
function add(accumulator: Accumulator, operation: Operation, cell: Cell): void {
  if (!isNumeric(operation) || readNumeric(reader, cell)) accumulator.add(cell, reader);
}

function resultOf(operation: Operation, cells: readonly Cell[]): string {
  const accumulator = empty(operation);
  for (const cell of cells) add(accumulator, operation, cell);
  return accumulator.result(cells.length);
}

describe('an accumulator', () => {
  it.each([
    ['SUM', '0.6'],
    ['MAX', '0.3'],
    ['MIN', '0.1'],
    ['AVERAGE', '0.2'],
    ['COUNT', '3'],
    ['CARRY_FIRST', '0.1'],
    ['CARRY_LAST', '0.3'],
  ] as const)('of 0.1, 0.2 and 0.3 each operation is exact: %s is %s', (operation, expected) => {
    expect(resultOf(operation, [0.1, 0.2, 0.3])).toBe(expected);
  });

  it('an aggregate of no value is null, but a count is 0', () => {
    expect(OPERATIONS.map((operation) => empty(operation).result(0))).toEqual([
      'null',
      'null',
      'null',
      'null',
      '0',
      'null',
      'null',
    ]);
  });

  it('an accumulator keeps digits that a double can’t', () => {
    const large = new Digits('12345678901234567890.5');
    expect(resultOf('SUM', [large, '0.25'])).toBe('12345678901234567890.75');
    expect(resultOf('CARRY_LAST', [large])).toBe('12345678901234567890.5');
  });

  it('CARRY_FIRST and CARRY_LAST have the first and the last value that is one: neither missing nor null', () => {
    const cells = [undefined, null, 'a', '', null, undefined];
    expect(resultOf('CARRY_FIRST', cells)).toBe('"a"');
    expect(resultOf('CARRY_LAST', cells)).toBe('""');
  });

  it('a mean is compared by its sum, with so many times the other side', () => {
    const average = empty('AVERAGE');
    for (const cell of [1, 1, 2]) add(average, 'AVERAGE', cell);
    expect(average.number(3)).toEqual({ value: { units: 4n, scale: 0 }, times: 3 });
    expect(empty('AVERAGE').number(0)).toBeUndefined();
  });

  it('a carried text that is no number gives none to compare', () => {
    const carried = empty('CARRY_LAST');
    carried.add('seven', reader);
    expect(carried.number(1)).toBeUndefined();
    carried.add('7.50', reader);
    expect(carried.number(2)?.value).toEqual({ units: 750n, scale: 2 });
  });

  it('an accumulator that was saved and read again at any moment gives the same result', () => {
    const cell = fc.oneof(
      fc.integer(),
      fc.constantFrom<Cell>(
        '1e3',
        '-0.50',
        'text',
        '',
        null,
        undefined,
        new Digits('98765432109876543210.125'),
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATIONS),
        fc.array(cell),
        fc.array(cell),
        (operation, before, after) => {
          const first = empty(operation);
          for (const one of before) add(first, operation, one);
          const again = accumulatorOf(operation, first.save(), readCell);
          for (const one of after) add(again, operation, one);
          const cells = [...before, ...after];
          expect(again.result(cells.length)).toBe(resultOf(operation, cells));
        },
      ),
      { numRuns: 500 },
    );
  });
});
