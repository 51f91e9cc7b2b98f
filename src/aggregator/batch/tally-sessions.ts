// The sessions of a tally's slots: takes what it hands over into them, as the core would have taken the rows one after the other.

import { NumberReader } from '../core/decimal.ts';
import { Session } from '../core/session.ts';
import { count, type Place, type Rec, type State, sessionOf } from '../core/step.ts';
import { END, ENTRY, type Handed, MISSING } from './tally.ts';

/** What an aggregate takes of a TOTAL: one of its numbers, in the scale of a field, or one of its texts. */
type Taken = { readonly aggregate: number } & (
  | { readonly field: number; readonly number: number }
  | { readonly text: number }
);
const NUMBERS = 6;
const PER_FIELD = 3;
const OFFSETS: Readonly<Record<string, number>> = { MIN: 1, MAX: 2 };

export class TallySessions {
  /** By slot: 1 where its session begins no more ranges in this file. */
  full = new Uint8Array(512);
  readonly #state: State;
  readonly #record: Rec;
  readonly #now: number;
  readonly #taken: readonly Taken[];
  readonly #fields: number;
  readonly #carried: number;
  readonly #reader = new NumberReader();
  readonly #scales: number[] = [];
  readonly #starts: string[] = [];
  /** The session of a slot, or its place where it is not open. */
  readonly #sessions: (Session | Place)[] = [];
  #closed = 0;

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
      const field = fields.indexOf(place);
      return [{ aggregate, field, number: NUMBERS + PER_FIELD * field + (OFFSETS[operation] ?? 0) }];
    });
    this.#fields = fields.length;
    this.#carried = texts;
  }

  /** Takes notice of the slots that are new: before they are read of. */
  learn({ keys, keyEnds, periods, starts }: Handed): void {
    this.#starts.push(...starts);
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
      this.#learn({ group, periods: Array.from(ids, (id) => this.#starts[id] as string) });
    }
  }

  /** How many sessions would be opened at most, were all that is known of taken. */
  get closed(): number {
    return this.#closed;
  }

  /** Looks again which sessions are open: after records went another way. */
  lookAgain(): void {
    for (const [slot, known] of this.#sessions.entries())
      if (!(known instanceof Session)) this.#know(slot, this.#state.open.find(known.group, known.periods));
  }

  /**
   * Takes in what was handed over.
   * @param before how many lines come before the first of it
   * @param onOther is given the numbers of other()
   * @returns how many records were taken
   */
  merge({ tape, texts }: Handed, before: number, onOther: (index: number) => void): number {
    const totalLength = NUMBERS + PER_FIELD * this.#fields;
    const { source } = this.#record;
    let records = 0;
    let text = 0;
    for (let at = 0; at < tape.length; ) {
      const entry = tape[at];
      const slot = tape[at + 1] as number;
      if (entry === ENTRY.TOTAL) {
        const session = this.#sessions[slot] as Session;
        this.#add(session, tape, at, texts, text);
        session.coverRange(
          source,
          before + (tape[at + 3] as number),
          before + (tape[at + 4] as number),
          tape[at + 5] === 1,
        );
        if (session.isFull(source)) this.full[slot] = 1;
        count(this.#state, session, tape[at + 2] as number, this.#record.at, this.#now);
        records += tape[at + 2] as number;
        text += this.#carried;
        at += totalLength;
      } else if (entry === ENTRY.RANGE) {
        const session = this.#sessions[slot] as Session;
        session.coverRange(
          source,
          before + (tape[at + 2] as number),
          before + (tape[at + 3] as number),
          true,
        );
        at += 4;
      } else if (entry === ENTRY.BEGIN) {
        this.#open(slot, before + (tape[at + 2] as number));
        at += 3;
      } else if (entry === ENTRY.SCALE) {
        this.#scales[slot] = tape[at + 2] as number;
        at += 3;
      } else {
        onOther(slot);
        at += 2;
      }
    }
    return records;
  }

  #learn(place: Place): void {
    const slot = this.#sessions.push(place) - 1;
    if (slot >= this.full.length) {
      const larger = new Uint8Array(this.full.length * 2);
      larger.set(this.full);
      this.full = larger;
    }
    this.#closed += 1;
    this.#know(slot, this.#state.open.find(place.group, place.periods));
  }

  #know(slot: number, session: Session | undefined): void {
    if (session === undefined) return;
    this.#sessions[slot] = session;
    this.#closed -= 1;
  }

  #open(slot: number, position: number): void {
    const known = this.#sessions[slot] as Session | Place;
    if (known instanceof Session) return;
    this.#know(slot, sessionOf(this.#state, known, { ...this.#record, position }, this.#now));
  }

  #add(
    session: Session,
    tape: Float64Array,
    at: number,
    texts: readonly (string | undefined)[],
    text: number,
  ): void {
    const reader = this.#reader;
    reader.small = true;
    for (const taken of this.#taken) {
      const accumulator = session.accumulators[taken.aggregate];
      if ('text' in taken) accumulator?.add(texts[text + taken.text], reader);
      else {
        reader.units = tape[at + taken.number] as number;
        reader.scale = this.#scales[taken.field] ?? 0;
        accumulator?.add(undefined, reader);
      }
    }
  }
}
