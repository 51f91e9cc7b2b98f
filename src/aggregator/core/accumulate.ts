// Accumulators: the state of an operation over the values so far. Postgres stores it as text, from which it is restored.

import { type Cell, ownCell, readNumeric, writeCell } from './cell.ts';
import { type Decimal, meanOf, NumberReader, Total, writeDecimal } from './decimal.ts';

export const NUMERIC_OPERATIONS = ['SUM', 'MAX', 'MIN', 'AVERAGE'] as const;
export const GENERAL_OPERATIONS = ['COUNT', 'CARRY_FIRST', 'CARRY_LAST'] as const;
export const OPERATIONS = [...NUMERIC_OPERATIONS, ...GENERAL_OPERATIONS] as const;
export type Operation = (typeof OPERATIONS)[number];

export const isNumeric = (operation: Operation): boolean =>
  (NUMERIC_OPERATIONS as readonly Operation[]).includes(operation);

export type Accumulator = {
  /** Adds the reader's number for a numeric operation, the cell for any other. */
  add(cell: Cell, reader: NumberReader): void;
  /** The value as JSON text, all digits. @param count records of the session */
  result(count: number): string;
  /** The exact number, for conditions, as value / times; undefined where there is none. */
  number(count: number): { readonly value: Decimal; readonly times: number } | undefined;
  /** The state as text; '' without values. */
  save(): string;
  /** The result of save() as JSON text. */
  saveQuoted(): string;
};

class TotalAccumulator implements Accumulator {
  readonly #operation: Operation;
  #total: Total | undefined;
  /** The saved text of a MAX or MIN, cached as few records change it. */
  #quoted: string | undefined;

  constructor(operation: Operation, saved: string | undefined) {
    this.#operation = operation;
    if (saved !== undefined) this.#total = Total.of(saved);
  }

  add(_cell: Cell, reader: NumberReader): void {
    const total = this.#total;
    if (total === undefined) {
      this.#total = new Total();
      this.#set(this.#total, reader);
    } else if (this.#operation === 'MAX') {
      if (total.compare(reader) < 0) this.#set(total, reader);
    } else if (this.#operation === 'MIN') {
      if (total.compare(reader) > 0) this.#set(total, reader);
    } else total.add(reader);
  }

  #set(total: Total, reader: NumberReader): void {
    total.set(reader);
    this.#quoted = undefined;
  }

  result(count: number): string {
    if (this.#total === undefined) return 'null';
    return this.#operation === 'AVERAGE'
      ? writeDecimal(meanOf(this.#total.decimal, count))
      : this.#total.write();
  }

  /** A mean is its sum and the count, so that it is compared without rounding. */
  number(count: number): { readonly value: Decimal; readonly times: number } | undefined {
    if (this.#total === undefined) return undefined;
    return { value: this.#total.decimal, times: this.#operation === 'AVERAGE' ? count : 1 };
  }

  save(): string {
    return this.#total?.write() ?? '';
  }

  saveQuoted(): string {
    // Digits, a point and a sign need no escapes.
    if (this.#operation === 'SUM' || this.#operation === 'AVERAGE') return `"${this.save()}"`;
    this.#quoted ??= `"${this.save()}"`;
    return this.#quoted;
  }
}

class CountAccumulator implements Accumulator {
  add(): void {}
  result(count: number): string {
    return String(count);
  }
  number(count: number): { readonly value: Decimal; readonly times: number } {
    return { value: { units: BigInt(count), scale: 0 }, times: 1 };
  }
  save(): string {
    return '';
  }
  saveQuoted(): string {
    return '""';
  }
}

/** One for all sessions, as it has no state. */
const COUNTER = new CountAccumulator();

/** The first or last value that is neither missing nor null, stored as JSON. */
class CarryAccumulator implements Accumulator {
  readonly #last: boolean;
  readonly #reader = new NumberReader();
  #carried: Cell;

  constructor(last: boolean, carried: Cell) {
    this.#last = last;
    this.#carried = carried;
  }

  add(cell: Cell): void {
    if (cell === undefined || cell === null) return;
    if (this.#last || this.#carried === undefined) this.#carried = ownCell(cell);
  }

  result(): string {
    return writeCell(this.#carried);
  }

  number(): { readonly value: Decimal; readonly times: number } | undefined {
    return readNumeric(this.#reader, this.#carried) ? { value: this.#reader.decimal, times: 1 } : undefined;
  }

  save(): string {
    return this.#carried === undefined ? '' : writeCell(this.#carried);
  }

  saveQuoted(): string {
    return JSON.stringify(this.save());
  }
}

/**
 * Makes or restores an accumulator.
 * @param saved the result of save(); '' for a new one
 * @param readCell JSON text → cell
 */
export function accumulatorOf(
  operation: Operation,
  saved: string,
  readCell: (json: string) => Cell,
): Accumulator {
  if (operation === 'COUNT') return COUNTER;
  if (operation === 'CARRY_FIRST' || operation === 'CARRY_LAST')
    return new CarryAccumulator(operation === 'CARRY_LAST', saved === '' ? undefined : readCell(saved));
  return new TotalAccumulator(operation, saved === '' ? undefined : saved);
}
