// One aggregation session: the aggregates of the records with equal group values, and the places of these records.

import { hash } from 'node:crypto';
import { type Accumulator, accumulatorOf } from './accumulate.ts';
import { type Cell, keyOf, ownCell, writeCell } from './cell.ts';
import { readCell } from './json.ts';
import type { Plan } from './plan.ts';

/** Ranges of places that a session keeps exactly; the last one then widens to cover the rest. */
export const MOST_RANGES = 8;

/** Times are in milliseconds since the epoch. */
export class Session {
  readonly plan: Plan;
  readonly key: string;
  readonly group: readonly Cell[];
  readonly periods: readonly string[];
  readonly accumulators: readonly Accumulator[];
  readonly createdAt: number;
  readonly dueAt: number | undefined;
  readonly id: string;
  /** By range of places (lines of a file, or offsets of a partition), the file or partition. */
  readonly sources: string[] = [];
  /** By range, its first and its last place, one behind the other: an object for each of millions of ranges would cost more. */
  readonly places: number[] = [];
  /** False where a range covers records of other sessions, too. */
  exactRanges = true;
  count = 0;
  // NaN instead of undefined: V8 then stores later numbers in place, without an object for each.
  firstEvent = Number.NaN;
  lastEvent = Number.NaN;
  updatedAt = Number.NaN;
  /** True since it was last written to Postgres. */
  touched = false;
  /** The last transaction of this process that changes it; they are numbered in the order of their commits. */
  transaction = 0;
  /** The parts of its saved text that never change. */
  saved: { readonly head: string; readonly times: string; readonly id: string } | undefined;
  /** The id of its row; undefined where Postgres has none. */
  row: number | undefined;
  /** The cached result of sessionId(). */
  flushedId: string | undefined;
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
    this.firstEvent = this.lastEvent = this.updatedAt = kept.createdAt;
  }

  /** Adds the place of a record. */
  cover(source: string, position: number): void {
    this.coverRange(source, position, position, true);
  }

  /**
   * Adds the places of several records, as cover() would one after the other.
   * @param exact false where places of other records lie between them, which is allowed only where isFull(source)
   */
  coverRange(source: string, from: number, to: number, exact: boolean): void {
    const { sources, places } = this;
    const last = sources.length - 1;
    if (!exact) this.exactRanges = false;
    if (last >= 0 && sources[last] === source && from === (places[2 * last + 1] as number) + 1)
      places[2 * last + 1] = to;
    else if (sources.length < MOST_RANGES) this.#begin(source, from, to);
    else this.#widen(source, from, to);
  }

  /** Whether further places of the source only widen the last range. */
  isFull(source: string): boolean {
    return this.sources.length >= MOST_RANGES && this.sources.at(-1) === source;
  }

  #begin(source: string, from: number, to: number): void {
    this.sources.push(source);
    this.places.push(from, to);
  }

  #widen(source: string, from: number, to: number): void {
    const at = this.sources.lastIndexOf(source);
    if (at === -1) {
      this.#begin(source, from, to);
      return;
    }
    const { places } = this;
    places[2 * at] = Math.min(places[2 * at] as number, from);
    places[2 * at + 1] = Math.max(places[2 * at + 1] as number, to);
    this.exactRanges = false;
  }
}

/**
 * The id of a session, 32 hex digits, made of its definition, its key and its first record: the same if it is flushed again after a kill.
 * Ids of sessions that one file or partition has opened have a common beginning, and follow the order of their first records. So an
 * index over them grows at its end; random ids would cost as much as the rest of the row.
 */
export function sessionId(session: Session): string {
  session.flushedId ??= flushedIdOf(session);
  return session.flushedId;
}

const HEAD_DIGITS = 12;
const PLACE_DIGITS = 12;
const KEY_DIGITS = 8;

function flushedIdOf({ plan, key, createdAt, id }: Session): string {
  const colon = id.lastIndexOf(':');
  const place = Number(id.slice(colon + 1))
    .toString(16)
    .slice(-PLACE_DIGITS)
    .padStart(PLACE_DIGITS, '0');
  const tail = hashOf(key).toString(16).padStart(KEY_DIGITS, '0');
  return headOf(plan, createdAt, id.slice(0, colon)) + place + tail;
}

let lastHead = { plan: undefined as Plan | undefined, createdAt: 0, origin: '', text: '' };

/** The common beginning of the ids of sessions that were opened at one time by records of one origin. */
function headOf(plan: Plan, createdAt: number, origin: string): string {
  if (plan !== lastHead.plan || createdAt !== lastHead.createdAt || origin !== lastHead.origin) {
    const said = JSON.stringify([plan.definition, plan.grouping, createdAt, origin]);
    lastHead = { plan, createdAt, origin, text: hash('sha256', said, 'hex').slice(0, HEAD_DIGITS) };
  }
  return lastHead.text;
}

/** FNV-1a, 32 bits. They need not distinguish all keys, as a record opens only one session. */
function hashOf(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  return bits >>> 0;
}

/** A session as JSON, for Postgres. Its constant parts are encoded once, as it is written thousands of times a second. */
export function saveSession(session: Session): string {
  const { accumulators, createdAt, dueAt = null } = session;
  session.saved ??= {
    head: `${JSON.stringify(session.group.map(writeCell))},${JSON.stringify(session.periods)}`,
    times: `${createdAt},${dueAt}`,
    id: JSON.stringify(session.id),
  };
  const { head, times, id } = session.saved;
  let totals = '';
  for (let at = 0; at < accumulators.length; at += 1)
    totals += `${at === 0 ? '' : ','}${(accumulators[at] as Accumulator).saveQuoted()}`;
  return (
    `[${head},[${totals}],${session.count},${firsts.textOf(session.firstEvent)},${lasts.textOf(session.lastEvent)},` +
    `${times},${updates.textOf(session.updatedAt)},${id},[${placesOf(session)}],${session.exactRanges}]`
  );
}

/** Caches the text of the last number, as sessions that are written together have equal times. */
class LastNumber {
  #number = Number.NaN;
  #text = '';

  textOf(number: number): string {
    if (number !== this.#number) {
      this.#number = number;
      this.#text = String(number);
    }
    return this.#text;
  }
}
const [firsts, lasts, updates] = [new LastNumber(), new LastNumber(), new LastNumber()];

/** Adjacent ranges of one source share its name: [source, from, to, from, to, …]. */
function placesOf({ sources, places }: Session): string {
  let text = '';
  for (let at = 0; at < sources.length; at += 1) {
    const source = sources[at] as string;
    if (at === 0 || source !== sources[at - 1]) text += `${at === 0 ? '' : '],'}[${quoted(source)}`;
    text += `,${places[2 * at]},${places[2 * at + 1]}`;
  }
  return text === '' ? '' : `${text}]`;
}

const MOST_QUOTED = 100;
const quotes = new Map<string, string>();

/** A source as JSON, cached, as sessions have few different ones. */
export function quoted(source: string): string {
  let text = quotes.get(source);
  if (text === undefined) {
    if (quotes.size === MOST_QUOTED) quotes.clear();
    text = JSON.stringify(source);
    quotes.set(source, text);
  }
  return text;
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
 * Restores a session that saveSession() has written.
 * @param plan of the version that the session was opened with
 * @param row the id of its row in Postgres
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
    for (let at = 0; at < places.length; at += 2) {
      session.sources.push(source);
      session.places.push(places[at] ?? 0, places[at + 1] ?? 0);
    }
  session.exactRanges = exact;
  session.row = row;
  return session;
}
