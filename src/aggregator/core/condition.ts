// Conditions of a flush. A missing or null field meets none, not even "not equals"; a value that is no number meets no numerical
// condition; texts are compared case-sensitively.

import { type Cell, readNumeric } from './cell.ts';
import { compareDecimals, type Decimal, NumberReader, timesCount } from './decimal.ts';
import type { Operator, PlannedCondition } from './plan.ts';
import type { Session } from './session.ts';

const reader = new NumberReader();

/** The name of the first condition that the session meets with this record; undefined where none is met. */
export function metCondition(session: Session, cells: readonly Cell[]): string | undefined {
  for (const condition of session.plan.conditions)
    if (isMet(condition, session, cells)) return condition.name;
  return undefined;
}

function isMet({ on, test }: PlannedCondition, session: Session, cells: readonly Cell[]): boolean {
  if ('aggregate' in on) {
    const found = session.accumulators[on.aggregate]?.number(session.count);
    if (found === undefined || test.type !== 'number') return false;
    return holds(test.operator, compareDecimals(found.value, timesCount(test.value, found.times)));
  }
  const cell = cells[on.cell];
  if (cell === undefined || cell === null) return false;
  if (test.type === 'boolean') return cell === test.value || cell === String(test.value);
  if (test.type === 'text') return typeof cell === 'string' && textHolds(test.operator, cell, test.value);
  return readNumeric(reader, cell) && numberHolds(test.operator, reader.decimal, test.value);
}

const numberHolds = (operator: Operator, one: Decimal, other: Decimal): boolean =>
  holds(operator, compareDecimals(one, other));

function holds(operator: Operator, compared: number): boolean {
  switch (operator) {
    case '=':
      return compared === 0;
    case '!=':
      return compared !== 0;
    case '<':
      return compared < 0;
    case '<=':
      return compared <= 0;
    case '>':
      return compared > 0;
    case '>=':
      return compared >= 0;
    default:
      return false;
  }
}

function textHolds(operator: Operator, text: string, value: string): boolean {
  if (operator === 'contains') return text.includes(value);
  return operator === 'not_equals' ? text !== value : text === value;
}
