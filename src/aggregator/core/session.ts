// One aggregation session: what the records with equal group values have come to, and where they were.

import { hash } from 'node:crypto';
import { type Accumulator, accumulatorOf } from './accumulate.ts';
import { type Cell, keyOf, ownCell, writeCell } from './cell.ts';
import { readCell } from './json.ts';
import type { Plan } from './plan.ts';

/** Places of records: lines of one file or offsets of one partition, both ends included. */
export type SourceRange = { readonly source: string; from: number; to: number };

/** A session of records that lie far apart tells the first so many ranges exactly; the last one covers the rest. */
const MOST_RANGES = 8;

export class Session {
  readonly plan: Plan;
  readonly key: string;
  readonly group: readonly Cell[];
  readonly periods: readonly string[];
  readonly accumulators: readonly Accumulator[];
  readonly createdAt: number;
  readonly dueAt: number | undefined;
  readonly id: string;
  readonly ranges: SourceRange[];
  /** False where a range covers records of other sessions, too. */
  exactRanges = true;
  count = 0;
  firstEvent: number;
  lastEvent: number;
  updatedAt: number;
  /** True since it was last written to Postgres. */
  touched = false;
  /** What of its text stays the same. */
  saved: { readonly head: string; readonly id: string } | undefined;
  /** Its row's number, where Postgres has it in whatever state. */
  row: number | undefined;
  /** True once it was flushed or has expired. */
  ended = false;

  constructor(
    plan: Plan,
    kept: {
      readonly key?: string;
      readonly group: readonly Cell[];
      readonly periods: readonly string[];
      readonly createdAt: number;
      readonly dueAt: number | undefined;
      readonly start: string;
    },
    accumulators?: readonly string[],
  ) {
    this.plan = plan;
    this.group = kept.group.map(ownCell);
    this.periods = kept.periods;
    this.key = kept.key ?? keyOf(kept.group, kept.periods);
    this.createdAt = kept.createdAt;
    this.dueAt = kept.dueAt;
    this.id = kept.start;
    this.accumulators = plan.aggregates.map(({ operation }, index) =>
      accumulatorOf(operation, accumulators?.[index] ?? '', readCell),
    );
    this.ranges = [];
    this.firstEvent = this.lastEvent = this.updatedAt = kept.createdAt;
  }

  /** Notes where a record was. */
  cover(source: string, position: number): void {
    const last = this.ranges.at(-1);
    if (last?.source === source && position === last.to + 1) last.to = position;
    else if (this.ranges.length < MOST_RANGES) this.ranges.push({ source, from: position, to: position });
    else this.#widen(source, position);
  }

  /** Whether places of the source that come from now on only move the end of the last range. */
  endsWith(source: string): boolean {
    return this.ranges.length >= MOST_RANGES && this.ranges.at(-1)?.source === source;
  }

  /** As cover() for every one of some places that end with this one, where endsWith() their source. */
  coverTo(position: number, exact: boolean): void {
    const last = this.ranges.at(-1);
    if (last !== undefined) last.to = position;
    if (!exact) this.exactRanges = false;
  }

  #widen(source: string, position: number): void {
    const last = this.ranges.findLast((range) => range.source === source);
    if (last === undefined) {
      this.ranges.push({ source, from: position, to: position });
      return;
    }
    last.from = Math.min(last.from, position);
    last.to = Math.max(last.to, position);
    this.exactRanges = false;
  }
}

/** An id that stays the same however often the session is flushed: of its definition, key, and how it began. */
export function sessionId(session: Session): string {
  const { definition, grouping } = session.plan;
  const said = JSON.stringify([definition, grouping, session.key, session.createdAt, session.id]);
  return hash('sha256', said, 'hex').slice(0, 32);
}

/** A session as JSON, for Postgres: written thousands of times a second, so what stays the same is written once. */
export function saveSession(session: Session): string {
  const { accumulators, ranges, dueAt = null } = session;
  session.saved ??= {
    head: `${JSON.stringify(session.group.map(writeCell))},${JSON.stringify(session.periods)}`,
    id: JSON.stringify(session.id),
  };
  const totals = accumulators.map((one) => JSON.stringify(one.save())).join(',');
  const times = `${session.firstEvent},${session.lastEvent},${session.createdAt},${dueAt},${session.updatedAt}`;
  return (
    `[${session.saved.head},[${totals}],${session.count},${times},${session.saved.id},` +
    `[${placesOf(ranges)}],${session.exactRanges}]`
  );
}

/** Ranges of one source in a row share its name: [source, from, to, from, to, …]. */
function placesOf(ranges: readonly SourceRange[]): string {
  let text = '';
  let before: string | undefined;
  for (const { source, from, to } of ranges) {
    if (source === before) text += `,${from},${to}`;
    else text += `${before === undefined ? '' : '],'}[${quoted(source)},${from},${to}`;
    before = source;
  }
  return before === undefined ? '' : `${text}]`;
}

let lastSource = '';
let lastQuoted = '""';

/** A source as JSON; most sessions of a batch have the same. */
function quoted(source: string): string {
  if (source !== lastSource) {
    lastSource = source;
    lastQuoted = JSON.stringify(source);
  }
  return lastQuoted;
}

type Saved = readonly [
  group: string[],
  periods: string[],
  accumulators: string[],
  count: number,
  firstEvent: number,
  lastEvent: number,
  createdAt: number,
  dueAt: number | null,
  updatedAt: number,
  start: string,
  ranges: [source: string, ...places: number[]][],
  exactRanges: boolean,
];

/**
 * @param plan of the version that the session was opened with
 * @param row its number in Postgres
 */
export function loadSession(plan: Plan, json: string, row?: number): Session {
  const [
    group,
    periods,
    accumulators,
    count,
    firstEvent,
    lastEvent,
    createdAt,
    dueAt,
    updatedAt,
    start,
    ranges,
    exact,
  ] = JSON.parse(json) as Saved;
  const cells = group.map(readCell);
  const session = new Session(
    plan,
    { group: cells, periods, createdAt, dueAt: dueAt ?? undefined, start },
    accumulators,
  );
  session.count = count;
  session.firstEvent = firstEvent;
  session.lastEvent = lastEvent;
  session.updatedAt = updatedAt;
  for (const [source, ...places] of ranges)
    for (let at = 0; at < places.length; at += 2)
      session.ranges.push({ source, from: places[at] ?? 0, to: places[at + 1] ?? 0 });
  session.exactRanges = exact;
  session.row = row;
  return session;
}
