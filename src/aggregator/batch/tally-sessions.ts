// The sessions of a tally's slots: takes what it hands over into them, as the core would have taken its rows one after the other.

import { NumberReader } from '../core/decimal.ts';
import { Session } from '../core/session.ts';
import { count, type Place, type Rec, type State, sessionOf } from '../core/step.ts';
import { END, ENTRY, type Handed, KNOWN, MISSING, NUMBERS } from './tally.ts';

/** What an aggregate takes of a TOTAL: one of its numbers, in the scale of a field, or one of its texts. */
type Taken = { readonly aggregate: number } & (
  | { readonly field: number; readonly number: number }
  | { readonly text: number }
);
const PER_FIELD = 3;
const OFFSETS: Readonly<Record<string, number>> = { MIN: 1, MAX: 2 };

export class TallySessions {
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

  /**
   * Takes in what was handed over.
   * @param known by slot, told what is KNOWN now
   */
  take(handed: Handed, known: Uint8Array): void {
    this.#learn(handed, known);
    this.#merge(handed, known);
  }

  #learn({ keys, keyEnds, periods, starts }: Handed, known: Uint8Array): void {
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
      const place = { group, periods: Array.from(ids, (id) => this.#starts[id] as string) };
      const session = this.#state.open.find(place.group, place.periods);
      const slot = this.#sessions.push(session ?? place) - 1;
      if (session !== undefined) known[slot] = Math.max(known[slot] as number, KNOWN.OPEN);
    }
  }

  #merge({ tape, texts }: Handed, known: Uint8Array): void {
    const totalLength = NUMBERS + PER_FIELD * this.#fields;
    const { source } = this.#record;
    let text = 0;
    for (let at = 0; at < tape.length; ) {
      const entry = tape[at];
      const slot = tape[at + 1] as number;
      if (entry === ENTRY.TOTAL) {
        const session = this.#sessions[slot] as Session;
        const records = tape[at + 2] as number;
        if (records > 0) this.#add(session, tape, at, texts, text);
        session.coverRange(source, tape[at + 3] as number, tape[at + 4] as number, tape[at + 5] === 1);
        if (session.isFull(source)) known[slot] = KNOWN.FULL;
        count(this.#state, session, records, this.#record.at, this.#now);
        text += this.#carried;
        at += totalLength;
      } else if (entry === ENTRY.RANGE) {
        const session = this.#sessions[slot] as Session;
        session.coverRange(source, tape[at + 2] as number, tape[at + 3] as number, true);
        at += 4;
      } else if (entry === ENTRY.BEGIN) {
        this.#open(slot, tape[at + 2] as number);
        at += 3;
      } else {
        this.#scales[slot] = tape[at + 2] as number;
        at += 3;
      }
    }
  }

  #open(slot: number, position: number): void {
    const known = this.#sessions[slot] as Session | Place;
    if (known instanceof Session) return;
    this.#sessions[slot] = sessionOf(this.#state, known, { ...this.#record, position }, this.#now);
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
