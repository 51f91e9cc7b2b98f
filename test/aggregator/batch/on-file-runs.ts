// What tests of runs over files do: files are read by way of a tally, in one thread and in several, killed and resumed, and by the core
// alone.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type FilePlace, FileRun, type FileRunOptions } from '../../../src/aggregator/batch/file-run.ts';
import { describeInput, type InputFile, readInput } from '../../../src/aggregator/batch/input.ts';
import type { ReadStretch } from '../../../src/aggregator/batch/reading-threads.ts';
import { ownedStretch, StretchReader } from '../../../src/aggregator/batch/stretch.ts';
import { compile, FieldTable, type Plan } from '../../../src/aggregator/core/plan.ts';
import { writeRow } from '../../../src/aggregator/core/row.ts';
import { loadSession, saveSession } from '../../../src/aggregator/core/session.ts';
import {
  type Ending,
  type Flushed,
  flushEnded,
  newState,
  type State,
  step,
} from '../../../src/aggregator/core/step.ts';
import type { checkValue } from '../../../src/aggregator/definition/read.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export type Way = {
  readonly threads?: number;
  readonly stretchBytes?: number;
  readonly blockBytes?: number;
  /** After which block the run is killed, and goes on. */
  readonly killedAt?: number;
};

export function fileOf(bytes: Buffer, name = 'rows.csv'): InputFile {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, bytes);
  return describeInput(file);
}

const NOW = 1_000;
/** Records that several threads have added up. */
export const counted = { together: 0 };

/** Reads as threads do, as far ahead of what is taken. */
const inTurns = (count: number, blockBytes?: number): NonNullable<ReturnType<FileRunOptions['threads']>> => ({
  count,
  async *read(file, places, toldOf) {
    const readers = Array.from({ length: count }, () => new StretchReader(file, blockBytes));
    const ahead: ReadStretch[] = [];
    let turn = 0;
    for (const place of places) {
      // Not one after the other, as one of them may be slower.
      const thread = (turn * turn) % count;
      turn += 1;
      const stretch = readers[thread]?.read(place, toldOf(thread));
      if (stretch !== undefined) ahead.push({ thread, place, stretch: ownedStretch(stretch) });
      if (ahead.length === 2 * count) yield ahead.shift() as ReadStretch;
    }
    yield* ahead;
  },
});

class Killed extends Error {}

/** Files that are read in some way, and what comes of it. */
export class Run {
  readonly rows: string[] = [];
  readonly asides: string[] = [];
  readonly #fields = new FieldTable();
  readonly #plan: Plan;
  readonly #most: number;
  #state: State;

  constructor(definition: ReturnType<typeof checkValue>, most: number) {
    this.#plan = compile(definition, 1, this.#fields);
    this.#most = most;
    this.#state = newState(this.#plan, 'batch', most);
  }

  /** The sessions that are open, as Postgres has them. */
  get open(): readonly string[] {
    return [...this.#state.open].map(saveSession);
  }

  /** By the core alone. */
  async plainly(files: readonly InputFile[]): Promise<this> {
    for (const input of files) {
      await readInput(input, {
        names: this.#fields.names,
        onRecord: (cells, position) => {
          const record = { cells, source: input.path, position, at: NOW, origin: '' };
          const outcome = step(this.#state, record, NOW);
          if ('aside' in outcome) this.asides.push(`${input.path}:${position} ${outcome.aside.message}`);
        },
        onFault: (message, line) => void this.asides.push(`${input.path}:${line} ${message}`),
        afterBlock: async () => {},
      });
      this.#flush('END_OF_TRANSACTION');
    }
    return this.#end();
  }

  async by(way: Way, files: readonly InputFile[]): Promise<this> {
    let left = way.killedAt ?? Number.POSITIVE_INFINITY;
    for (const [index, input] of files.entries()) {
      const last = index === files.length - 1;
      const endings: Ending[] = last ? ['END_OF_TRANSACTION', 'END_OF_STREAM'] : ['END_OF_TRANSACTION'];
      for (let after: FilePlace | undefined = { position: 0, byte: 0 }; after !== undefined; )
        after = await this.#read(input, way, after, endings, () => {
          left -= 1;
          return left === 0;
        });
    }
    return this;
  }

  /** @returns where it was killed */
  async #read(
    input: InputFile,
    { threads, stretchBytes, blockBytes }: Way,
    after: FilePlace,
    endings: readonly Ending[],
    isLast: () => boolean,
  ): Promise<FilePlace | undefined> {
    let killed: FilePlace | undefined;
    const run: FileRun = new FileRun({
      state: this.#state,
      input,
      names: this.#fields.names,
      origin: '',
      now: NOW,
      threads: () => (threads === undefined ? undefined : inTurns(threads, blockBytes)),
      stretchBytes,
      onTaken: (records) => {
        if (records > 1) counted.together += records;
      },
      onAside: (line, { message }) => void this.asides.push(`${input.path}:${line} ${message}`),
      afterBlock: async (place) => {
        if (!isLast()) return;
        run.settle();
        killed = place;
        throw new Killed();
      },
    });
    await run.run(after).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    if (killed === undefined) for (const flushed of run.end(endings)) this.rows.push(writeRow(flushed));
    else this.#restart();
    return killed;
  }

  #restart(): void {
    const saved = this.open;
    this.#state = newState(this.#plan, 'batch', this.#most);
    for (const json of saved) this.#state.open.add(loadSession(this.#plan, json));
  }

  #flush(ending: Ending): void {
    const flushed: readonly Flushed[] = flushEnded(this.#state, ending, NOW);
    this.rows.push(...flushed.map(writeRow));
  }

  #end(): this {
    this.#flush('END_OF_STREAM');
    return this;
  }
}

export const outcome = ({ rows, asides }: Run) => ({ rows, asides });
