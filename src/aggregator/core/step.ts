// The core: (state, record, now) → state, flushed, without a clock and without I/O. The state is changed in place, as a copy for each of
// a million records a second would cost more than the aggregation.
//
// A record is aggregated as a whole or set aside as a whole; one that is set aside counts nowhere and opens no session.

import { type Cell, readNumeric, showCell } from './cell.ts';
import { metCondition } from './condition.ts';
import { NumberReader } from './decimal.ts';
import { parseInstant } from './instant.ts';
import { OpenSessions } from './open-sessions.ts';
import type { Plan } from './plan.ts';
import { Session } from './session.ts';

/** Sessions expire after so long without an update, whether or not a flush was due. */
export const TTL_MS = 180 * 24 * 3_600_000;

/** In real time a due session is flushed by its next record. */
export type Mode = 'batch' | 'real-time';

export type FlushType = 'EACH_FILE' | 'ALL_FILES' | 'TIMEOUT' | 'CONDITION';
export type Flushed = {
  readonly session: Session;
  readonly type: FlushType;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly condition?: string;
};

export type Rec = {
  /** In the order of the field table. */
  readonly cells: readonly Cell[];
  /** The file's name, or topic/partition. */
  readonly source: string;
  /** Line from 1, or offset. */
  readonly position: number;
  /** Distinguishes the record from that of the same place in another run, or in another reading of the file. */
  readonly origin?: string;
  /** Event time in milliseconds since the epoch. */
  readonly at: number;
};

/** What the records of a session have in common: their group values, and the starts of their periods. */
export type Place = { readonly group: readonly Cell[]; readonly periods: readonly string[] };

export type SetAside = { readonly field: string; readonly message: string };

export type State = {
  readonly mode: Mode;
  /** Sessions of other groupings than the current one: neither checked nor flushed until theirs is current again. */
  readonly asleep: Map<string, OpenSessions>;
  /** The current version, with which new sessions are opened. */
  plan: Plan;
  open: OpenSessions;
  /** Sessions that were changed, and those that have ended, for the driver, which writes them to Postgres and empties both lists. */
  readonly touched: Session[];
  readonly gone: Session[];
  /** Limit of open sessions; a record that would open one more is set aside. */
  maxSessions: number;
};

export type Outcome = { readonly flushed: readonly Flushed[] } | { readonly aside: SetAside };

const TAKEN: Outcome = { flushed: [] };
const reader = new NumberReader();
/** Place of the cell that `reader` holds; -1: none. It is read once, as several aggregates often share a field. */
let readPlace = -1;

/** A state without sessions. @param maxSessions open sessions at most */
export const newState = (plan: Plan, mode: Mode, maxSessions = Number.POSITIVE_INFINITY): State => ({
  mode,
  plan,
  asleep: new Map(),
  open: new OpenSessions(),
  touched: [],
  gone: [],
  maxSessions,
});

/**
 * Makes another version the current one. A changed grouping starts new sessions, or resumes those that it had before; open
 * sessions keep the aggregates and the flush of their version.
 */
export function switchPlan(state: State, plan: Plan): void {
  if (plan.grouping !== state.plan.grouping) {
    state.asleep.set(state.plan.grouping, state.open);
    state.open = state.asleep.get(plan.grouping) ?? new OpenSessions();
    state.asleep.delete(plan.grouping);
  }
  state.plan = plan;
}

/** Aggregates one record. @param now milliseconds since the epoch */
export function step(state: State, record: Rec, now: number): Outcome {
  const { plan } = state;
  readPlace = -1;
  const place = placeOf(plan, record.cells);
  if ('message' in place) return { aside: place };
  const found = state.open.find(place.group, place.periods);
  const ended = found !== undefined && (isExpired(found, now) || isOverdue(state, found, now));
  const current = ended ? undefined : found;
  const aside = fault(current?.plan ?? plan, record.cells);
  if (aside !== undefined) return { aside };
  if (current === undefined && state.open.size - (ended ? 1 : 0) >= state.maxSessions)
    return {
      aside: {
        field: '',
        message: `received a record for one more session, expected at most ${state.maxSessions} (max_sessions)`,
      },
    };
  const before = found !== undefined && ended ? end(state, found, now) : [];
  const session = current ?? openSession(state, place, record, now);
  add(state, session, record, now);
  const condition = session.plan.conditions.length === 0 ? undefined : metCondition(session, record.cells);
  if (condition === undefined) return before.length === 0 ? TAKEN : { flushed: before };
  remove(state, session);
  return { flushed: [...before, { session, type: 'CONDITION', at: now, condition }] };
}

/** The group values and period starts of a record, or why it is set aside. */
export function placeOf(plan: Plan, cells: readonly Cell[]): Place | SetAside {
  const group: Cell[] = [];
  for (const { place } of plan.group) group.push(cells[place]);
  const periods: string[] = [];
  for (const { field, place, reader: periodReader } of plan.periods) {
    const cell = cells[place];
    const start = typeof cell === 'string' ? periodReader.startOf(cell) : undefined;
    if (start === undefined) return { field, message: expected(field, cell, 'YYYY-MM-DDTHH:mm:ss.sssZ') };
    periods.push(start);
  }
  return { group, periods };
}

const expected = (field: string, cell: Cell, what: string): string =>
  `${field}: received ${showCell(cell)}, expected ${what}`;

/** Why a record is set aside for its values, whatever its group; undefined where it isn't. */
export function faultOf(plan: Plan, cells: readonly Cell[]): SetAside | undefined {
  readPlace = -1;
  return fault(plan, cells);
}

function fault(plan: Plan, cells: readonly Cell[]): SetAside | undefined {
  for (const { numeric, place, field } of plan.aggregates)
    if (numeric && !readPlaceOf(cells, place))
      return { field, message: expected(field, cells[place], 'a decimal number of at most 1,000 digits') };
  const { duePlace, timeout } = plan;
  if (duePlace !== undefined && timeout?.type === 'TIMESTAMP' && dueOfCell(cells[duePlace]) === undefined)
    return {
      field: timeout.field,
      message: expected(timeout.field, cells[duePlace], 'YYYY-MM-DDTHH:mm:ss[.sss] in UTC'),
    };
  return undefined;
}

function readPlaceOf(cells: readonly Cell[], place: number): boolean {
  if (readPlace === place) return true;
  readPlace = readNumeric(reader, cells[place]) ? place : -1;
  return readPlace === place;
}

const dueOfCell = (cell: Cell): number | undefined =>
  typeof cell === 'string' ? parseInstant(cell) : undefined;

const isExpired = (session: Session, now: number): boolean => session.updatedAt + TTL_MS <= now;
const isDue = (session: Session, now: number): boolean => session.dueAt !== undefined && session.dueAt <= now;
const isOverdue = (state: State, session: Session, now: number): boolean =>
  state.mode === 'real-time' && isDue(session, now);

function end(state: State, session: Session, now: number): Flushed[] {
  remove(state, session);
  return isExpired(session, now) ? [] : [{ session, type: 'TIMEOUT', at: now }];
}

function remove(state: State, session: Session): void {
  state.open.delete(session);
  session.ended = true;
  state.gone.push(session);
}

/**
 * The session of a place, opened where there is none. Only the place and time of the record are used, as its values were added up
 * before: for definitions whose sessions end with their file or run, or by the clock.
 */
export function sessionOf(state: State, place: Place, record: Rec, now: number): Session {
  return state.open.find(place.group, place.periods) ?? openSession(state, place, record, now);
}

function openSession(state: State, place: Place, record: Rec, now: number): Session {
  const session = newSession(state.plan, place, record, now);
  state.open.add(session);
  return session;
}

/** Makes a session without adding it to the open ones. @param now milliseconds since the epoch */
export function newSession(
  plan: Plan,
  { group, periods }: Place,
  { cells, source, position, at, origin = '' }: Rec,
  now: number,
): Session {
  const dueAt = plan.duePlace === undefined ? plan.dueTimes?.dueOf(now) : dueOfCell(cells[plan.duePlace]);
  const session = new Session(plan, {
    group,
    periods,
    createdAt: now,
    dueAt,
    start: `${origin}${source}:${position}`,
  });
  session.firstEvent = session.lastEvent = at;
  return session;
}

function add(state: State, session: Session, { cells, source, position, at }: Rec, now: number): void {
  const { aggregates } = session.plan;
  for (let index = 0; index < aggregates.length; index += 1) {
    const aggregate = aggregates[index] as (typeof aggregates)[number];
    if (aggregate.numeric) readPlaceOf(cells, aggregate.place);
    session.accumulators[index]?.add(cells[aggregate.place], reader);
  }
  session.cover(source, position);
  count(state, session, 1, at, now);
}

/**
 * Counts records whose values and places were added to the session before.
 * @param at event time of these records, in milliseconds since the epoch
 */
export function count(state: State, session: Session, records: number, at: number, now: number): void {
  session.count += records;
  if (at < session.firstEvent) session.firstEvent = at;
  if (at > session.lastEvent) session.lastEvent = at;
  session.updatedAt = now;
  if (session.touched) return;
  session.touched = true;
  state.touched.push(session);
}

/** The periodic check, or the start of a batch run: removes expired sessions and flushes due ones. */
export function flushDue(state: State, now: number, sessions: Iterable<Session> = state.open): Flushed[] {
  const ended = [...sessions].filter((session) => isExpired(session, now) || isDue(session, now));
  return ended.flatMap((session) => end(state, session, now));
}

export type Ending = 'END_OF_TRANSACTION' | 'END_OF_STREAM';
export const FLUSH_TYPES = { END_OF_TRANSACTION: 'EACH_FILE', END_OF_STREAM: 'ALL_FILES' } as const;

/** The end of a file or of the whole run: flushes the sessions that wait for it. */
export function flushEnded(state: State, ending: Ending, now: number): Flushed[] {
  const type = FLUSH_TYPES[ending];
  const ended = [...state.open].filter(({ plan }) => plan.flushBy === ending);
  for (const session of ended) remove(state, session);
  return ended.flatMap((session) => (isExpired(session, now) ? [] : [{ session, type, at: now }]));
}
