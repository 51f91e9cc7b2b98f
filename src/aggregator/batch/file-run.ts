// Reads one file of a run into sessions: in this thread, or, where a CSV file is large, by stretches in several threads. A stretch is
// merged once it is certain that it began at a row; one that did not, or that might open too many sessions, is read again in
// this thread.

import type { Cell } from '../core/cell.ts';
import {
  type Ending,
  FLUSH_TYPES,
  type Flushed,
  flushEnded,
  type Rec,
  type SetAside,
  type State,
  step,
} from '../core/step.ts';
import type { ForeignSlots } from './foreign-slots.ts';
import { BLOCK_BYTES, hasParts, hasRows, type InputFile, type Next, readInput } from './input.ts';
import { type Part, type PlainlyTaken, type PlainRow, WHOLE } from './reading.ts';
import type { ReadingThreads } from './reading-threads.ts';
import type { Stretch, StretchPlace } from './stretch.ts';
import { Tally } from './tally.ts';
import { type TallyPlan, tallyPlanOf } from './tally-plan.ts';
import { TallySessions } from './tally-sessions.ts';

/** Larger files are read in several threads, which take a tenth of a second to start. */
const SMALLEST_BYTES = 16 * 1024 * 1024;
/** Smaller files are read before the memory of WebAssembly is allocated. */
const SMALLEST_PLAIN_BYTES = 64 * 1024;
/** Longest stretch: the fewer stretches, the fewer times each group is merged. */
const STRETCH_BYTES = 128 * 1024 * 1024;
/** Stretches for each thread at least, as threads finish at different times. */
const STRETCHES = 3;
/** Numbers on a tape that is settled at the end of a block, without waiting for a commit. */
const LONGEST_TAPE = 16 * 1024 * 1024;

/** How far a file was read: its last line, from 1, and the byte where the next row begins, 0 where that is not known. */
export type FilePlace = { readonly position: number; readonly byte: number };

type Threads = Pick<ReadingThreads, 'count' | 'read'>;
export type FileRunOptions = {
  readonly state: State;
  readonly input: InputFile;
  readonly names: readonly string[];
  /** Begins the id of each session, and tells this reading of the file from others. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Called for a file that is large enough for several threads; undefined: there is only this one. */
  readonly threads: () => Threads | undefined;
  /** Length of a stretch, and of the smallest file that is read by stretches; by the number of threads where it is left out. */
  readonly stretchBytes?: number | undefined;
  /** Called for records that were aggregated, with what they have flushed. */
  readonly onTaken: (records: number, flushed: readonly Flushed[]) => void;
  readonly onAside: (position: number, aside: SetAside) => void;
  /** Awaited after each block, where the driver may commit. @param bytes of the file that were read */
  readonly afterBlock: (place: FilePlace, bytes: number) => Promise<void>;
};

export class FileRun {
  readonly #options: FileRunOptions;
  readonly #record: Rec & { cells: readonly Cell[]; position: number };
  readonly #plan: TallyPlan | undefined;
  readonly #tally: Tally | undefined;
  readonly #sessions: TallySessions | undefined;
  #after: FilePlace = { position: 0, byte: 0 };
  /** The last line that was read. */
  position = 0;

  constructor(options: FileRunOptions) {
    const { state, input, now, origin } = options;
    this.#options = options;
    this.#record = { cells: [], source: input.path, position: 0, at: now, origin };
    // A tally adds up for one version; open sessions of an older one keep the aggregates of theirs.
    const isCurrent = [...state.open].every(({ plan }) => plan === state.plan);
    this.#plan = hasRows(input) && isCurrent ? tallyPlanOf(state.plan) : undefined;
    if (this.#plan === undefined) return;
    this.#tally = new Tally(this.#plan);
    this.#sessions = new TallySessions(state, this.#record, now);
    this.#makeRoom();
  }

  /**
   * Reads the file. Its records are in the sessions once settle() or end() is called.
   * @param after the place that an earlier process has committed
   * @throws {InputError} for a header that names a column twice, and for a gzip that is cut or damaged
   */
  async run(after: FilePlace): Promise<void> {
    const { input, stretchBytes } = this.#options;
    this.position = after.position;
    this.#after = after;
    if (!hasParts(input)) {
      await this.#here(WHOLE, after.position);
      return;
    }
    const plan = this.#plan;
    const tally = this.#tally;
    const smallest = stretchBytes ?? SMALLEST_BYTES;
    const isWorth = input.bytes - after.byte >= smallest && (after.position === 0 || after.byte > 0);
    const threads = isWorth && tally !== undefined ? this.#options.threads() : undefined;
    const head = Math.min(BLOCK_BYTES, smallest);
    const next = await this.#here({ ...WHOLE, end: head }, after.position);
    if (next === undefined) return;
    const { columns } = next;
    const rest = after.byte > next.byte ? { byte: after.byte, line: after.position + 1, columns } : next;
    if (threads === undefined || tally === undefined || plan === undefined || columns === undefined)
      await this.#here({ ...rest, end: Number.POSITIVE_INFINITY }, after.position);
    else await this.#inThreads(threads, tally, plan, { ...rest, columns });
  }

  /** Moves what was added up into the sessions. */
  settle(): void {
    const tally = this.#tally;
    const sessions = this.#sessions;
    if (tally === undefined || sessions === undefined) return;
    tally.settle();
    sessions.take(tally.take(), tally.known);
    this.#makeRoom();
  }

  /** Flushes the sessions whose file or run ends: straight from the tape, where none is open yet. */
  end(endings: readonly Ending[]): Iterable<Flushed> {
    const { state, now } = this.#options;
    const tally = this.#tally;
    const own = endings.find((ending) => ending === state.plan.flushBy);
    if (tally !== undefined && own !== undefined && state.open.size === 0) {
      tally.settle();
      return this.#sessions?.flushed(tally.take(), FLUSH_TYPES[own]) ?? [];
    }
    this.settle();
    return endings.flatMap((ending) => flushEnded(state, ending, now));
  }

  #makeRoom(): void {
    const { open, maxSessions } = this.#options.state;
    if (this.#tally !== undefined) this.#tally.room = maxSessions - open.size;
  }

  /** Reads a part of the file in this thread. @param after rows up to this line are skipped */
  async #here(part: Part, after: number): Promise<Next | undefined> {
    const { input, names, onAside, onTaken } = this.#options;
    return readInput(
      input,
      {
        names,
        onRecord: (cells, line) => {
          if (line > after) this.#step(cells, line);
        },
        onFault: (message, line) => {
          if (line <= after) return;
          this.position = line;
          onAside(line, { field: '', message });
        },
        onPlainRow: (row: PlainRow, line) => {
          if (line <= after) return true;
          if (this.#tally?.add(row, line) !== true) return false;
          this.position = line;
          onTaken(1, []);
          return true;
        },
        onPlainRows: (bytes, at, end, line, columns) => this.#plainRows(bytes, at, end, line, columns, after),
        afterBlock: (bytes, place) => this.#afterBlock(place, bytes),
      },
      part,
    );
  }

  #plainRows(
    bytes: Buffer,
    at: number,
    end: number,
    line: number,
    columns: Int32Array,
    after: number,
  ): PlainlyTaken {
    const { input, stretchBytes = SMALLEST_PLAIN_BYTES } = this.#options;
    const isWorth = line > after && input.bytes >= stretchBytes;
    const added = isWorth ? this.#tally?.addRows(bytes, at, end, line, columns) : undefined;
    if (added === undefined || added.rows === 0) return { next: at, rows: 0 };
    this.position = line + added.rows - 1;
    this.#options.onTaken(added.rows, []);
    return added;
  }

  async #afterBlock(next: Next | undefined, bytes: number): Promise<void> {
    if (this.#tally !== undefined && this.#tally.written > LONGEST_TAPE) this.settle();
    await this.#options.afterBlock(this.#place(next), bytes);
  }

  #place(next: Next | undefined): FilePlace {
    if (next === undefined) return { position: this.position, byte: 0 };
    // Rows that an earlier process has read are skipped.
    if (next.line - 1 < this.#after.position) return this.#after;
    return { position: next.line - 1, byte: next.byte };
  }

  /** Aggregates a record that is not plain, by the core. */
  #step(cells: readonly Cell[], line: number): void {
    const { state, now, onAside, onTaken } = this.#options;
    this.settle();
    this.position = line;
    this.#record.cells = cells;
    this.#record.position = line;
    const outcome = step(state, this.#record, now);
    const isTaken = !('aside' in outcome);
    if (isTaken) onTaken(1, outcome.flushed);
    else onAside(line, outcome.aside);
    this.#tally?.answer(isTaken);
    this.#makeRoom();
  }

  async #inThreads(
    threads: Threads,
    tally: Tally,
    plan: TallyPlan,
    from: Next & { readonly columns: Int32Array },
  ): Promise<void> {
    const { state, input, names } = this.#options;
    const foreign = Array.from({ length: threads.count }, () => tally.foreign());
    const file = { path: input.path, names, plan, columns: from.columns, most: state.maxSessions };
    const places = stretchesOf(from.byte, input.bytes, threads.count, this.#options.stretchBytes);
    const read = threads.read(file, places, (thread) => (foreign[thread] as ForeignSlots).told());
    let at: Next = from;
    for await (const { thread, place, stretch } of read) {
      const slots = foreign[thread] as ForeignSlots;
      slots.learn(stretch);
      if (at.byte >= place.end) continue;
      if (stretch.begin === at.byte && this.#merge(slots, stretch, at.line - 1)) {
        const { byte, line } = stretch.next;
        at = { ...at, byte, line: at.line - 1 + line };
        this.position = at.line - 1;
      } else at = (await this.#here({ ...at, end: place.end }, 0)) ?? at;
      await this.#afterBlock(at, at.byte);
    }
  }

  /** Merges a stretch; false where that might open too many sessions, or too many of its rows are not plain. */
  #merge(slots: ForeignSlots, stretch: Stretch, before: number): boolean {
    const { onAside, onTaken } = this.#options;
    const { others } = stretch;
    if (others === undefined) return false;
    const fits = () => slots.fits(stretch, others.length);
    if (!fits()) this.settle();
    if (!fits()) return false;
    const rows = slots.merge(stretch, before, (index) => {
      const other = others[index];
      if (other === undefined) return;
      if ('cells' in other) this.#step(other.cells, before + other.line);
      else onAside(before + other.line, { field: '', message: other.message });
    });
    onTaken(rows, []);
    return true;
  }
}

/** The stretches of a file from a byte on. @param longest bytes of a stretch */
function* stretchesOf(
  from: number,
  bytes: number,
  threads: number,
  longest = Math.min(STRETCH_BYTES, Math.ceil((bytes - from) / (threads * STRETCHES))),
): Generator<StretchPlace> {
  for (let at = from; at < bytes; at += longest)
    yield { from: at, end: at + longest < bytes ? at + longest : Number.POSITIVE_INFINITY };
}
