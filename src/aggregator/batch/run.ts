// A batch run: files → sessions → flushed rows. Sessions, flushed rows and the position in the files are committed together, so that a
// killed run resumes. The whole run has one `now`, also after a kill. Rows are delivered after their commit, before runBatch()
// returns.

import { availableParallelism } from 'node:os';
import { notifyAggregatedSql } from '../../db/change.ts';
import { type Client, transaction } from '../../db/pool.ts';
import type { Plan } from '../core/plan.ts';
import { type Flushed, flushDue, newState, type State } from '../core/step.ts';
import { readPlans, readRevision } from '../store/definitions.ts';
import { deleteExpired } from '../store/expiry.ts';
import { type AsideRow, insertAsides, insertResults } from '../store/results.ts';
import { lockRuns, markDelivered, moveRun, type Run, type RunPlace, unlockRuns } from '../store/runs.ts';
import { readSessions, writeSessions } from '../store/sessions.ts';
import { type Beginning, beginRun, type Deliver, deliverRows, RunError } from './begin-run.ts';
import { type FilePlace, FileRun } from './file-run.ts';
import { describeInput, type InputFile } from './input.ts';
import { InputError } from './reading.ts';
import { ReadingThreads } from './reading-threads.ts';

/** Records since the last commit are read again after a kill, which takes less time than this. */
const COMMIT_MS = 30_000;
/** Least ratio of reading to committing: commits take at most a tenth of the time. */
const MOST_COMMITTING = 9;
/** Flushed rows and records set aside that trigger a commit. */
const MOST_WAITING = 20_000;
const DEFAULT_SESSIONS = 1_000_000;
/** More threads hand over more than one thread can merge. */
const MOST_THREADS = 8;

/** `done` is the part of the file that was read, from 0 to 1; `records` are those of the whole run. */
export type Progress = { readonly file: string; readonly done: number; readonly records: number };
export type RunOptions = Beginning & {
  readonly files: readonly string[];
  /** Milliseconds between commits, COMMIT_MS by default. */
  readonly commitMs?: number;
  /** Threads that read a large file; by default one for each core, MOST_THREADS at most. */
  readonly threads?: number;
  /** As in FileRunOptions. */
  readonly stretchBytes?: number;
  readonly onProgress?: (progress: Progress) => void;
};
export type RunResult = {
  readonly run: number;
  readonly records: number;
  readonly setAside: number;
  readonly resumed: boolean;
};

/**
 * Runs a definition over files, or resumes the interrupted run over the same files.
 * @param deliver called with the flushed rows of the run, as JSON text, in their order, some thousands at a time
 * @throws {InputError} where a file is missing; {RunError} where another run is unfinished or running
 */
export async function runBatch(options: RunOptions, deliver: Deliver): Promise<RunResult> {
  const inputs = options.files.map(describeInput);
  const { name } = options.definition;
  const lock = await options.pool.connect();
  let broken = true;
  try {
    if (!(await lockRuns(lock, name, 'connection')))
      throw new RunError(`another process runs ${name}; one run of a definition at a time`);
    try {
      return await runLocked(options, inputs, deliver);
    } finally {
      // Also after a failure: whoever starts the run again must not be told that it still runs.
      await unlockRuns(lock, name).then(
        () => {
          broken = false;
        },
        () => {},
      );
    }
  } finally {
    // A lock that was not given back ends with its connection.
    lock.release(broken);
  }
}

async function runLocked(
  options: RunOptions,
  inputs: readonly InputFile[],
  deliver: Deliver,
): Promise<RunResult> {
  const { run, resumed } = await beginRun(options, inputs);
  if (resumed) await deliverRows(options.pool, run.id, deliver);
  if (!run.finished) await new BatchRun(options, inputs, run, deliver).run();
  await transaction(options.pool, (client) => markDelivered(client, run.id));
  const { rows } = await options.pool.query<{ records: number; set_aside: number }>(
    'SELECT records, set_aside FROM aggregator_runs WHERE id = $1',
    [run.id],
  );
  return { run: run.id, records: rows[0]?.records ?? 0, setAside: rows[0]?.set_aside ?? 0, resumed };
}

const BEGINNING: FilePlace = { position: 0, byte: 0 };

class BatchRun {
  readonly #options: RunOptions;
  readonly #inputs: readonly InputFile[];
  readonly #now: number;
  readonly #deliver: Deliver;
  #written: RunPlace;
  #records: number;
  #setAside: number;
  #flushed: Flushed[] = [];
  #asides: AsideRow[] = [];
  #committedAt = performance.now();
  #commitTook = 0;
  #revision = 0;
  #names: readonly string[] = [];
  /** The file that is being read. */
  #file: FileRun | undefined;
  #threads: ReadingThreads | undefined;

  constructor(options: RunOptions, inputs: readonly InputFile[], run: Run, deliver: Deliver) {
    this.#deliver = deliver;
    this.#options = options;
    this.#inputs = inputs;
    this.#now = run.clock;
    this.#written = run;
    this.#records = run.records;
    this.#setAside = run.set_aside;
  }

  async run(): Promise<void> {
    try {
      await this.#run();
    } finally {
      await this.#threads?.close();
    }
  }

  async #run(): Promise<void> {
    const state = await this.#load();
    const { file: first, position, byte } = this.#written;
    // Due sessions are flushed once, before anything is read: a resumed run has committed them with its first position.
    if (first === 0 && position === 0) this.#flushed = flushDue(state, this.#now);
    for (const [index, input] of this.#inputs.entries()) {
      if (index < first) continue;
      await this.#read(state, index, input, index === first ? { position, byte } : BEGINNING);
    }
  }

  async #load(): Promise<State> {
    const { pool, definition } = this.#options;
    const client = await pool.connect();
    try {
      await deleteExpired(client, definition.name, this.#now);
      this.#revision = await readRevision(client, definition.name);
      const { plans, fields } = await readPlans(client, definition.name);
      const plan = [...plans.values()].at(-1) as Plan;
      const state = newState(plan, 'batch', definition.limits?.max_sessions ?? DEFAULT_SESSIONS);
      for (const session of await readSessions(client, plans, plan)) state.open.add(session);
      this.#names = fields.names;
      return state;
    } finally {
      client.release();
    }
  }

  /** @param after the place that an earlier process has committed */
  async #read(state: State, index: number, input: InputFile, after: FilePlace): Promise<void> {
    const source = input.path;
    const file = new FileRun({
      state,
      input,
      names: this.#names,
      origin: `run ${this.#written.id} file ${index} `,
      now: this.#now,
      threads: () => this.#startThreads(),
      stretchBytes: this.#options.stretchBytes,
      onTaken: (records, flushed) => {
        this.#records += records;
        if (flushed.length > 0) this.#flushed.push(...flushed);
      },
      onAside: (position, aside) => this.#aside({ source, position, ...aside }),
      afterBlock: async (place, bytes) => {
        const done = bytes / Math.max(input.bytes, 1);
        this.#options.onProgress?.({ file: source, done, records: this.#records });
        if (this.#shouldCommit()) await this.#commit(state, index, place, false);
      },
    });
    this.#file = file;
    try {
      await file.run(after);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#aside({ source, position: file.position, field: '', message: error.message });
    }
    const last = index === this.#inputs.length - 1;
    const ended = file.end(last ? ['END_OF_TRANSACTION', 'END_OF_STREAM'] : ['END_OF_TRANSACTION']);
    await this.#commit(state, index + 1, BEGINNING, last, ended);
  }

  #startThreads(): ReadingThreads | undefined {
    const { threads = Math.min(availableParallelism(), MOST_THREADS) } = this.#options;
    if (threads > 1) this.#threads ??= new ReadingThreads(threads);
    return this.#threads;
  }

  #aside(row: AsideRow): void {
    this.#setAside += 1;
    this.#asides.push(row);
  }

  #shouldCommit(): boolean {
    const { commitMs = COMMIT_MS } = this.#options;
    return (
      this.#flushed.length + this.#asides.length > MOST_WAITING ||
      performance.now() - this.#committedAt >= Math.max(commitMs, this.#commitTook * MOST_COMMITTING)
    );
  }

  /**
   * Increments the revision, so that a real-time consumer of the definition drops its cache.
   * @throws {RunError} where that consumer has incremented it since the run began
   */
  async #nextRevision(client: Client, name: string): Promise<void> {
    const { rowCount } = await client.query(
      `UPDATE aggregator_definitions SET revision = revision + 1 WHERE name = $1 AND revision = $2
       RETURNING ${notifyAggregatedSql('name')}`,
      [name, this.#revision],
    );
    if (rowCount !== 1)
      throw new RunError(
        `the sessions of ${name} were changed by its real-time stream; pause it, and start the run again`,
      );
  }

  /** Commits a place of the run. @param ended what the end of a file flushes */
  async #commit(
    state: State,
    file: number,
    at: FilePlace,
    finished: boolean,
    ended: Iterable<Flushed> = [],
  ): Promise<void> {
    const { pool, definition } = this.#options;
    const { id } = this.#written;
    const began = performance.now();
    this.#file?.settle();
    const place = { id, file, ...at, records: this.#records, set_aside: this.#setAside };
    const rows = await transaction(pool, async (client) => {
      await moveRun(client, this.#written, place, finished);
      await this.#nextRevision(client, definition.name);
      await writeSessions(client, state);
      const flushed = await insertResults(client, inTurn(this.#flushed, ended), id);
      await insertAsides(client, definition.name, this.#asides, id);
      return flushed;
    });
    this.#revision += 1;
    this.#written = place;
    this.#flushed = [];
    this.#asides = [];
    this.#committedAt = performance.now();
    this.#commitTook = this.#committedAt - began;
    for (const some of rows) await this.#deliver(some.texts());
  }
}

function* inTurn<T>(...all: readonly Iterable<T>[]): Generator<T> {
  for (const some of all) yield* some;
}
