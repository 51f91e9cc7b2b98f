// Moves what a tally hands over into the sessions of its slots, as the core would have aggregated its rows one after the other.

import { NumberReader } from '../core/decimal.ts';
import { Session } from '../core/session.ts';
import {
  count,
  type Flushed,
  type FlushType,
  newSession,
  type Place,
  type Rec,
  type State,
  sessionOf,
} from '../core/step.ts';
import { END, ENTRY, type Handed, KNOWN, lengthOf, MISSING, NUMBERS, PER_TOTAL } from './tape.ts';

/** What an aggregate takes from a TOTAL: one of its numbers, by the offsets of it and of its scale, or one of its texts. */
type Taken = { readonly aggregate: number } & (
  | { readonly scale: number; readonly number: number }
  | { readonly text: number }
);
/** Offsets from a field's scale. */
const OFFSETS: Readonly<Record<string, number>> = { MIN: 2, MAX: 3 };
const SUM = 1;
/** The slot has no further entry. */
const LAST = -1;

/** Slots in the order of their first entries, and where these are on the tape. */
type Chain = { readonly slots: Int32Array; readonly firsts: Int32Array };

export class TallySessions {
  readonly #state: State;
  readonly #record: Rec;
  readonly #now: number;
  readonly #taken: readonly Taken[];
  readonly #fields: number;
  readonly #reader = new NumberReader();
  readonly #starts: string[] = [];
  /** By slot, its session, or its place while it is not open. */
  readonly #sessions: (Session | Place)[] = [];

  /** @param record gives the source, origin and time of all records */
  constructor(state: State, record: Rec, now: number) {
    this.#state = state;
    this.#record = record;
    this.#now = now;
    const { aggregates } = state.plan;
    const fields = [...new Set(aggregates.filter(({ numeric }) => numeric).map(({ place }) => place))];
    let texts = 0;
    this.#taken = aggregates.flatMap(({ numeric, place, operation }, aggregate): Taken[] => {
      if (operation === 'COUNT') return [];
      if (!numeric) return [{ aggregate, text: texts++ }];
      const scale = NUMBERS + PER_TOTAL * fields.indexOf(place);
      return [{ aggregate, scale, number: scale + (OFFSETS[operation] ?? SUM) }];
    });
    this.#fields = fields.length;
  }

  /**
   * Moves totals into the open sessions, and opens the new ones.
   * @param known by slot: updated with what is KNOWN of its session
   */
  take(handed: Handed, known: Uint8Array): void {
    this.#learn(handed, known);
    this.#merge(handed, known);
  }

  /**
   * Makes the sessions of all that was read and flushes them one by one, so that they are garbage at once. For a plan whose sessions
   * end now, while none is open. The result can be iterated repeatedly.
   * @param handed its tape is overwritten
   */
  flushed(handed: Handed, type: FlushType): Iterable<Flushed> {
    for (const start of handed.starts) this.#starts.push(start);
    const chain = this.#chain(handed.tape, this.#sessions.length + handed.keyEnds.length);
    return { [Symbol.iterator]: () => this.#made(handed, chain, type) };
  }

  *#made(handed: Handed, { slots, firsts }: Chain, type: FlushType): Generator<Flushed> {
    const { tape, texts } = handed;
    const taken = this.#sessions.length;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] as number;
      const first = firsts[index] as number;
      const place = slot < taken ? (this.#sessions[slot] as Place) : this.#placeOf(handed, slot - taken);
      const record = { ...this.#record, position: tape[first + 2] as number };
      const session = newSession(this.#state.plan, place, record, this.#now);
      for (let at = first; at !== LAST; at = tape[at + 1] as number) {
        if (tape[at] !== ENTRY.BEGIN) this.#cover(session, tape, at, texts);
        if (tape[at] === ENTRY.TOTAL) session.count += tape[at + 2] as number;
      }
      yield { session, type, at: this.#now };
    }
  }

  /** Links the entries of each slot: replaces the slot in an entry by the place of the next one. @param count of slots */
  #chain(tape: Float64Array, count: number): Chain {
    const slots = new Int32Array(count);
    const firsts = new Int32Array(count);
    let found = 0;
    const lasts = new Int32Array(count).fill(LAST);
    for (let at = 0; at < tape.length; at += lengthOf(tape[at] as number, this.#fields)) {
      const slot = tape[at + 1] as number;
      const last = lasts[slot] as number;
      if (last === LAST) {
        slots[found] = slot;
        firsts[found] = at;
        found += 1;
      } else tape[last + 1] = at;
      tape[at + 1] = LAST;
      lasts[slot] = at;
    }
    return { slots: slots.subarray(0, found), firsts: firsts.subarray(0, found) };
  }

  /** The place of a new slot. @param index among the new ones */
  #placeOf({ keys, keyEnds, periods }: Handed, index: number): Place {
    const text = Buffer.from(keys.buffer, keys.byteOffset, keys.length);
    const group: (string | undefined)[] = [];
    const end = keyEnds[index] as number;
    for (let at = index === 0 ? 0 : (keyEnds[index - 1] as number); at < end; ) {
      const to = text.indexOf(END, at);
      group.push(text[at] === MISSING ? undefined : text.toString('utf8', at, to));
      at = to + 1;
    }
    const starts: string[] = [];
    const { length } = this.#state.plan.periods;
    for (let period = index * length; period < (index + 1) * length; period += 1)
      starts.push(this.#starts[periods[period] as number] as string);
    return { group, periods: starts };
  }

  #learn(handed: Handed, known: Uint8Array): void {
    for (const start of handed.starts) this.#starts.push(start);
    for (let index = 0; index < handed.keyEnds.length; index += 1) {
      const place = this.#placeOf(handed, index);
      const session = this.#state.open.find(place.group, place.periods);
      const slot = this.#sessions.push(session ?? place) - 1;
      if (session !== undefined) known[slot] = Math.max(known[slot] as number, KNOWN.OPEN);
    }
  }

  #merge({ tape, texts }: Handed, known: Uint8Array): void {
    const { source, at: time } = this.#record;
    for (let at = 0; at < tape.length; at += lengthOf(tape[at] as number, this.#fields)) {
      const slot = tape[at + 1] as number;
      if (tape[at] === ENTRY.BEGIN) {
        this.#open(slot, tape[at + 2] as number);
        continue;
      }
      const session = this.#sessions[slot] as Session;
      this.#cover(session, tape, at, texts);
      if (tape[at] !== ENTRY.TOTAL) continue;
      if (session.isFull(source)) known[slot] = KNOWN.FULL;
      count(this.#state, session, tape[at + 2] as number, time, this.#now);
    }
  }

  #open(slot: number, position: number): void {
    const known = this.#sessions[slot] as Session | Place;
    if (known instanceof Session) return;
    this.#sessions[slot] = sessionOf(this.#state, known, { ...this.#record, position }, this.#now);
  }

  /** Adds a RANGE or a TOTAL to its session. */
  #cover(session: Session, tape: Float64Array, at: number, texts: readonly (string | undefined)[]): void {
    const { source } = this.#record;
    if (tape[at] === ENTRY.RANGE) {
      session.coverRange(source, tape[at + 2] as number, tape[at + 3] as number, true);
      return;
    }
    if ((tape[at + 2] as number) > 0) this.#add(session, tape, at, texts);
    session.coverRange(source, tape[at + 3] as number, tape[at + 4] as number, tape[at + 5] === 1);
  }

  #add(session: Session, tape: Float64Array, at: number, texts: readonly (string | undefined)[]): void {
    const reader = this.#reader;
    reader.small = true;
    const text = tape[at + 6] as number;
    for (const taken of this.#taken) {
      const accumulator = session.accumulators[taken.aggregate];
      if ('text' in taken) accumulator?.add(texts[text + taken.text], reader);
      else {
        reader.units = tape[at + taken.number] as number;
        reader.scale = tape[at + taken.scale] as number;
        accumulator?.add(undefined, reader);
      }
    }
  }
}
