// The aggregator once more, as plainly as it can be said: a list of open sessions that is searched from front to back,
// sums over the values themselves, due times by a search over all minutes. Nothing of the program is used.

export type PlainValue = null | string | boolean | number;
export type PlainRecord = Readonly<Record<string, PlainValue>>;
export type PlainRow = { readonly [name: string]: PlainValue };

type PlainDefinition = {
  readonly group: readonly string[];
  readonly aggregate: readonly { readonly field: string; readonly operation: string; readonly as: string }[];
  readonly hours: number;
  readonly limit: { readonly aggregate: string; readonly value: number } | undefined;
};

/** Hundredths, as the arbitrary values have two digits after the point at most. */
const hundredths = (value: PlainValue | undefined): bigint | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(String(value));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  return BigInt(`${sign}${whole}${fraction.padEnd(2, '0')}`);
};
const fromHundredths = (value: bigint): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  const text = `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
  return value < 0n ? `-${text}` : text;
};

type Session = { key: string; values: PlainRecord[]; due: number; updated: number };

export class PlainAggregator {
  readonly rows: string[] = [];
  aside = 0;
  readonly #definition: PlainDefinition;
  #open: Session[] = [];

  constructor(definition: PlainDefinition) {
    this.#definition = definition;
  }

  check(now: number): void {
    this.#open = this.#open.filter((session) => now - session.updated < 180 * 86_400_000);
    const due = this.#open.filter((session) => session.due <= now);
    this.#open = this.#open.filter((session) => session.due > now);
    for (const session of due) this.#flush(session, 'TIMEOUT');
  }

  take(record: PlainRecord, now: number): void {
    const { aggregate, group, hours, limit } = this.#definition;
    const numeric = aggregate.filter(({ operation }) => ['SUM', 'MIN', 'MAX', 'AVERAGE'].includes(operation));
    if (numeric.some(({ field }) => hundredths(record[field]) === undefined)) {
      this.aside += 1;
      return;
    }
    const key = JSON.stringify(group.map((field) => record[field] ?? null));
    const found = this.#open.find((session) => session.key === key);
    if (found !== undefined) {
      const expired = now - found.updated >= 180 * 86_400_000;
      if (expired || found.due <= now) {
        this.#open = this.#open.filter((session) => session !== found);
        if (!expired) this.#flush(found, 'TIMEOUT');
      }
    }
    let session = this.#open.find((one) => one.key === key);
    if (session === undefined) {
      session = { key, values: [], due: now + hours * 3_600_000, updated: now };
      this.#open.push(session);
    }
    session.values.push(record);
    session.updated = now;
    if (limit === undefined) return;
    const row = this.#row(session);
    const reached = hundredths(row[limit.aggregate] ?? null);
    if (reached === undefined || reached < BigInt(limit.value) * 100n) return;
    this.#open = this.#open.filter((one) => one !== session);
    this.#flush(session, 'CONDITION');
  }

  #flush(session: Session, type: string): void {
    this.rows.push(JSON.stringify({ key: session.key, ...this.#row(session), type }));
  }

  #row({ values }: Session): PlainRow {
    return Object.fromEntries(
      this.#definition.aggregate.map(({ field, operation, as }) => [as, result(operation, field, values)]),
    );
  }
}

function result(operation: string, field: string, records: readonly PlainRecord[]): string {
  const present = records
    .map((record) => record[field])
    .filter((value) => value !== null && value !== undefined);
  const numbers = records.map((record) => hundredths(record[field]) ?? 0n);
  const sorted = [...numbers].sort((one, other) => (one < other ? -1 : 1));
  switch (operation) {
    case 'COUNT':
      return String(records.length);
    case 'CARRY_FIRST':
      return JSON.stringify(present.at(0) ?? null);
    case 'CARRY_LAST':
      return JSON.stringify(present.at(-1) ?? null);
    case 'MIN':
      return fromHundredths(sorted[0] ?? 0n);
    case 'MAX':
      return fromHundredths(sorted.at(-1) ?? 0n);
    default:
      return fromHundredths(numbers.reduce((sum, value) => sum + value, 0n));
  }
}
