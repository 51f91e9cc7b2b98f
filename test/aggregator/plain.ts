// A second implementation of the aggregator, as plain as possible, for properties to compare with: a list of open sessions that is
// searched from front to back and keeps whole records, and sums over the values themselves. It imports nothing of the program.

import { dueOf, type PlainRecord, type PlainTimeout, type PlainValue, timestampOf } from './plain-due.ts';

export type { PlainRecord } from './plain-due.ts';
/** A flushed row: each column as JSON text, with why and when it was flushed. */
export type PlainRow = Readonly<Record<string, string>>;

type Aggregate = { readonly field: string; readonly operation: string; readonly as: string };
export type PlainCondition = {
  readonly name: string;
  readonly field?: string;
  readonly aggregate?: string;
  readonly type?: string;
  readonly operator?: string;
  readonly value: string | number | boolean;
};
export type PlainDefinition = {
  readonly group: {
    readonly fields: readonly string[];
    readonly periods: readonly { readonly field: string; readonly period: string }[];
  };
  readonly aggregate: readonly Aggregate[];
  readonly flush: {
    readonly by: string;
    readonly timeout?: PlainTimeout;
    readonly conditions?: readonly PlainCondition[];
  };
};

type Session = {
  readonly definition: PlainDefinition;
  readonly grouping: string;
  readonly values: Readonly<Record<string, string>>;
  readonly created: number;
  readonly due: number | undefined;
  records: PlainRecord[];
  updated: number;
};

const DAYS_180 = 180 * 24 * 3_600_000;
const NUMERIC = ['SUM', 'MIN', 'MAX', 'AVERAGE'];

export class PlainAggregator {
  readonly rows: PlainRow[] = [];
  aside = 0;
  readonly #realTime: boolean;
  readonly #most: number;
  #definition: PlainDefinition;
  #open: Session[] = [];

  constructor(definition: PlainDefinition, realTime: boolean, most = Number.POSITIVE_INFINITY) {
    this.#definition = definition;
    this.#realTime = realTime;
    this.#most = most;
  }

  change(definition: PlainDefinition): void {
    this.#definition = definition;
  }

  check(now: number): void {
    for (const session of this.#inForce()) {
      const expired = isExpired(session, now);
      if (!expired && !isDue(session, now)) continue;
      this.#remove(session);
      if (!expired) this.#flush(session, now, 'TIMEOUT');
    }
  }

  end(by: string, now: number): void {
    for (const session of this.#inForce()) {
      if (session.definition.flush.by !== by) continue;
      this.#remove(session);
      if (!isExpired(session, now))
        this.#flush(session, now, by === 'END_OF_STREAM' ? 'ALL_FILES' : 'EACH_FILE');
    }
  }

  take(record: PlainRecord, now: number): void {
    const values = valuesOf(this.#definition, record);
    const found =
      values && this.#inForce().find((session) => JSON.stringify(session.values) === JSON.stringify(values));
    const ended = found !== undefined && (isExpired(found, now) || (this.#realTime && isDue(found, now)));
    const goesOn = found !== undefined && !ended;
    const open = this.#inForce().length - (ended ? 1 : 0);
    if (
      values === undefined ||
      isFaulty(goesOn ? found.definition : this.#definition, record) ||
      (!goesOn && open >= this.#most)
    ) {
      this.aside += 1;
      return;
    }
    if (ended) {
      this.#remove(found);
      if (!isExpired(found, now)) this.#flush(found, now, 'TIMEOUT');
    }
    const session = goesOn ? found : this.#begin(values, record, now);
    session.records.push(record);
    session.updated = now;
    const met = session.definition.flush.conditions?.find((condition) => isMet(condition, session, record));
    if (met === undefined) return;
    this.#remove(session);
    this.#flush(session, now, 'CONDITION', met.name);
  }

  #begin(values: Session['values'], record: PlainRecord, now: number): Session {
    const definition = this.#definition;
    const due = dueOf(definition.flush.timeout, record, now);
    const session = { definition, grouping: groupingOf(definition), values, created: now, due };
    const begun: Session = { ...session, records: [], updated: now };
    this.#open.push(begun);
    return begun;
  }

  #inForce(): Session[] {
    const grouping = groupingOf(this.#definition);
    return this.#open.filter((session) => session.grouping === grouping);
  }

  #remove(gone: Session): void {
    this.#open = this.#open.filter((session) => session !== gone);
  }

  #flush(session: Session, now: number, type: string, condition = ''): void {
    const { definition, values, records, created, due } = session;
    const outputs = definition.aggregate.map((one) => [one.as, resultOf(one, records)]);
    this.rows.push({
      ...values,
      ...Object.fromEntries(outputs),
      count: String(records.length),
      opened: String(created),
      due: String(due),
      flushed: `${now} ${type} ${condition}`,
    });
  }
}

const isExpired = ({ updated }: Session, now: number) => now - updated >= DAYS_180;
const isDue = ({ due }: Session, now: number) => due !== undefined && now >= due;

const groupingOf = ({ group: { fields, periods } }: PlainDefinition): string =>
  [...fields.toSorted(), ...periods.map(({ field, period }) => `${period} of ${field}`).toSorted()].join();

/** What tells sessions apart; undefined where a period's field holds no time. */
function valuesOf(
  { group: { fields, periods } }: PlainDefinition,
  record: PlainRecord,
): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = {};
  for (const field of fields.toSorted()) values[field] = JSON.stringify(record[field] ?? null);
  const names = periods.map((one) => ({ ...one, name: `${one.period.toLowerCase()}_${one.field}` }));
  for (const { field, period, name } of names.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const text = record[field] ?? null;
    const time =
      typeof text === 'string' && text.length === 24 && text.endsWith('Z') ? new Date(text) : undefined;
    if (time === undefined || Number.isNaN(time.getTime()) || time.toISOString() !== text) return undefined;
    if (period !== 'HOUR') time.setUTCHours(0);
    if (period === 'MONTH' || period === 'YEAR') time.setUTCDate(1);
    if (period === 'YEAR') time.setUTCMonth(0);
    time.setUTCMinutes(0, 0, 0);
    values[name] = JSON.stringify(time.toISOString());
  }
  return values;
}

function isFaulty({ aggregate, flush: { timeout } }: PlainDefinition, record: PlainRecord): boolean {
  const numbers = aggregate.filter(({ operation }) => NUMERIC.includes(operation));
  if (numbers.some(({ field }) => hundredths(record[field]) === undefined)) return true;
  return timeout?.type === 'TIMESTAMP' && timestampOf(record[timeout.field ?? '']) === undefined;
}

/** Hundredths, as the arbitrary values have two digits after the point at most. */
function hundredths(value: PlainValue | undefined): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(String(value));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  return BigInt(`${sign}${whole}${fraction.padEnd(2, '0')}`);
}

function fromHundredths(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
  return value < 0n ? `-${text}` : text;
}

/** The first fifteen digits of a mean, cut off, and where its point is. */
function meanOf(sum: bigint, count: number): string {
  if (sum === 0n) return '0';
  const digits = (((sum < 0n ? -sum : sum) * 10n ** 40n) / (100n * BigInt(count))).toString();
  return `${sum < 0n ? '-' : ''}0.${digits.slice(0, 15)}e${digits.length - 40}`;
}

function present(field: string, records: readonly PlainRecord[]): PlainValue[] {
  return records.flatMap((record) => record[field] ?? []);
}

const sumOf = (field: string, records: readonly PlainRecord[]): bigint =>
  records.reduce((sum, record) => sum + (hundredths(record[field]) ?? 0n), 0n);

function resultOf({ operation, field }: Aggregate, records: readonly PlainRecord[]): string {
  if (operation === 'AVERAGE') return meanOf(sumOf(field, records), records.length);
  if (operation === 'CARRY_FIRST') return JSON.stringify(present(field, records).at(0) ?? null);
  if (operation === 'CARRY_LAST') return JSON.stringify(present(field, records).at(-1) ?? null);
  return fromHundredths(numberOf({ operation, field }, records) ?? 0n);
}

/** In hundredths; of a mean, so many times as there are records. */
function numberOf(
  { operation, field }: Pick<Aggregate, 'operation' | 'field'>,
  records: readonly PlainRecord[],
): bigint | undefined {
  if (operation === 'COUNT') return BigInt(records.length) * 100n;
  if (operation === 'CARRY_FIRST') return hundredths(present(field, records).at(0));
  if (operation === 'CARRY_LAST') return hundredths(present(field, records).at(-1));
  if (operation === 'SUM' || operation === 'AVERAGE') return sumOf(field, records);
  const numbers = records.map((record) => hundredths(record[field]) ?? 0n);
  return numbers.reduce((best, one) => ((operation === 'MIN' ? one < best : one > best) ? one : best));
}

function isMet(condition: PlainCondition, { definition, records }: Session, record: PlainRecord): boolean {
  const { field = '', aggregate, type, operator = '', value } = condition;
  const on = definition.aggregate.find(({ as }) => as === aggregate);
  const limit = hundredths(typeof value === 'boolean' ? null : value) ?? 0n;
  if (on !== undefined) {
    const times = on.operation === 'AVERAGE' ? BigInt(records.length) : 1n;
    return holds(numberOf(on, records), operator, limit * times);
  }
  const has = record[field] ?? null;
  if (has === null) return false;
  if (type === 'boolean') return String(has) === String(value) && typeof has !== 'number';
  if (type === 'number') return holds(hundredths(has), operator, limit);
  if (typeof has !== 'string') return false;
  if (operator === 'contains') return has.includes(String(value));
  return (has === value) === (operator === 'equals');
}

function holds(has: bigint | undefined, operator: string, limit: bigint): boolean {
  if (has === undefined) return false;
  const [isLess, isEqual] = [has < limit, has === limit];
  const held = {
    '<': isLess,
    '<=': isLess || isEqual,
    '=': isEqual,
    '!=': !isEqual,
    '>': !isLess && !isEqual,
  };
  return operator === '>=' ? !isLess : held[operator as keyof typeof held];
}
