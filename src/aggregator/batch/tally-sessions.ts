// The sessions of a tally's slots: takes what it hands over into them, as the core would have taken its rows one after the other.

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
import { END, ENTRY, type Handed, KNOWN, lengthOf, MISSING, NUMBERS, PER_TOTAL } from './tally.ts';

/** What an aggregate takes of a TOTAL: one of its numbers, in the scale that stands before them, or one of its texts. */
type Taken = { readonly aggregate: number } & (
  | { readonly scale: number; readonly number: number }
  | { readonly text: number }
);
/** Behind the scale. */
const OFFSETS: Readonly<Record<string, number>> = { MIN: 2, MAX: 3 };
const SUM = 1;
/** In place of where the next entry of a slot is. */
const LAST = -1;

export class TallySessions {
  readonly #state: State;
  readonly #record: Rec;
  readonly #now: number;
  readonly #taken: readonly Taken[];
  readonly #fields: number;
  readonly #reader = new NumberReader();
  readonly #starts: string[] = [];
  /** The session of a slot, or its place where it is not open. */
  readonly #sessions: (Session | Place)[] = [];

  /** @param record of the file that is tallied: where from and when its records are */
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
   * Takes in what was handed over.
   * @param known by slot, told what is KNOWN now
   */
  take(handed: Handed, known: Uint8Array): void {
    this.#learn(handed, known);
    this.#merge(handed, known);
  }

  /**
   * The sessions of all that was read, flushed one after the other as they are made: what is not kept costs no collection of garbage.
   * For a plan whose sessions end now, while none is open and nothing was taken in; may be gone through again.
   * @param handed its tape is written on
   */
  flushed(handed: Handed, known: Uint8Array, type: FlushType): Iterable<Flushed> {
    this.#learn(handed, known);
    const slots = this.#chain(handed.tape);
    return { [Symbol.iterator]: () => this.#made(handed, slots, type) };
  }

  *#made({ tape, texts }: Handed, firsts: Map<number, number>, type: FlushType): Generator<Flushed> {
    for (const [slot, first] of firsts) {
      const place = this.#sessions[slot] as Place;
      const record = { ...this.#record, position: tape[first + 2] as number };
      const session = newSession(this.#state.plan, place, record, this.#now);
      for (let at = first; at !== LAST; at = tape[at + 1] as number) {
        if (tape[at] !== ENTRY.BEGIN) this.#cover(session, tape, at, texts);
        if (tape[at] === ENTRY.TOTAL) session.count += tape[at + 2] as number;
      }
      yield { session, type, at: this.#now };
    }
  }

  /** Writes in each entry, in place of its slot, where the slot's next one is. @returns the first ones, by slot */
  #chain(tape: Float64Array): Map<number, number> {
    const firsts = new Map<number, number>();
    const lasts = new Int32Array(this.#sessions.length).fill(LAST);
    for (let at = 0; at < tape.length; at += lengthOf(tape[at] as number, this.#fields)) {
      const slot = tape[at + 1] as number;
      const last = lasts[slot] as number;
      if (last === LAST) firsts.set(slot, at);
      else tape[last + 1] = at;
      tape[at + 1] = LAST;
      lasts[slot] = at;
    }
    return firsts;
  }

  #learn({ keys, keyEnds, periods, starts }: Handed, known: Uint8Array): void {
    for (const start of starts) this.#starts.push(start);
    const { plan } = this.#state;
    const text = Buffer.from(keys.buffer, keys.byteOffset, keys.length);
    let at = 0;
    for (let index = 0; index < keyEnds.length; index += 1) {
      const group: (string | undefined)[] = [];
      for (const end = keyEnds[index] as number; at < end; ) {
        const to = text.indexOf(END, at);
        group.push(text[at] === MISSING ? undefined : text.toString('utf8', at, to));
        at = to + 1;
      }
      const from = index * plan.periods.length;
      const ids = periods.subarray(from, from + plan.periods.length);
      const place = { group, periods: Array.from(ids, (id) => this.#starts[id] as string) };
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
