// The commands `aggregate lint|test|run|sql|explain`. Results go to standard output, messages to standard error. Exit codes: 0
// success; 1 records were set aside, a test or the command failed, or a definition is invalid.

import { createWriteStream, openSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { clusterOf } from '../connections.ts';
import { type Pool, transaction } from '../db/pool.ts';
import { createKafka, describeCluster } from '../kafka/client.ts';
import { reasonOf } from '../kafka/errors.ts';
import { codeOf } from '../runtime/errors.ts';
import { standardOutput } from '../runtime/standard-output.ts';
import { RunError } from './batch/begin-run.ts';
import { type Format, lineWriter } from './batch/output.ts';
import { InputError } from './batch/reading.ts';
import { type Progress, runBatch } from './batch/run.ts';
import { withDatabase } from './database.ts';
import { describeDefinition, flushCalendar } from './definition/calendar.ts';
import { DefinitionError } from './definition/problem.ts';
import { checkValue, readDefinition } from './definition/read.ts';
import type { Definition } from './definition/schema.ts';
import { runTests } from './definition/virtual-run.ts';
import { FailureNote } from './realtime/failure-note.ts';
import { resultTopicOf } from './realtime/forwarder.ts';
import { RunningDefinition } from './realtime/running-definition.ts';
import { sqlOf } from './sql/twin.ts';
import { saveDefinition } from './store/definitions.ts';
import { deleteExpired, keepExpiring } from './store/expiry.ts';
import { lastResult, readResults } from './store/results.ts';

const DONE = 0;
const NOT_ALL = 1;
const SHOWN_ASIDES = 5;
const PROGRESS_MS = 200;
const RESULTS_MS = 250;

/** @throws {DefinitionError}, {InputError} */
const readFile = (file: string): Definition => readDefinition(readText(file), file);

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`received ${file}, which can't be read (${codeOf(error)}), expected a definition`);
  }
}

/** Prints an error that a user can correct, and returns exit code 1 for it. */
async function reportErrors(work: () => number | Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DefinitionError || error instanceof InputError || error instanceof RunError))
      throw error;
    console.error(error.message);
    return NOT_ALL;
  }
}

/** Prints the problems of definitions. @param json as JSON, a line for each file */
export const lint = (files: readonly string[], json: boolean): Promise<number> =>
  reportErrors(async () => {
    const codes = await Promise.all(files.map((file) => reportErrors(() => lintOne(file, json))));
    return Math.max(...codes);
  });

function lintOne(file: string, json: boolean): number {
  try {
    const { name } = readFile(file);
    console.log(json ? JSON.stringify({ file, problems: [] }) : `${file}: ${name} is valid`);
    return DONE;
  } catch (error) {
    if (!json || !(error instanceof DefinitionError)) throw error;
    console.log(JSON.stringify({ file, problems: error.problems }));
    return NOT_ALL;
  }
}

/** Runs the tests inside definitions. */
export const test = (files: readonly string[]): Promise<number> =>
  reportErrors(() => {
    let failed = 0;
    let passed = 0;
    for (const file of files)
      for (const { name, failures } of runTests(readFile(file))) {
        console.log(`${failures.length === 0 ? 'ok  ' : 'FAIL'} ${file}: ${name}`);
        for (const failure of failures) console.log(`       ${failure}`);
        if (failures.length === 0) passed += 1;
        else failed += 1;
      }
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? DONE : NOT_ALL;
  });

/** Prints DuckDB SQL that gives the same rows. */
export const sql = (file: string, inputs: readonly string[]): Promise<number> =>
  reportErrors(() => {
    const definition = readFile(file);
    const query = sqlOf(definition, inputs);
    if (query === undefined)
      throw new RunError(
        `${definition.name} flushes by TIMEOUT, which outlives a query; expected END_OF_TRANSACTION or END_OF_STREAM`,
      );
    console.log(`${query};`);
    return DONE;
  });

/** Prints a definition in words, with its next flushes. @param now milliseconds since the epoch */
export const explain = (file: string, now: number): Promise<number> =>
  reportErrors(() => {
    const definition = readFile(file);
    console.log(describeDefinition(definition).join('\n'));
    const times = flushCalendar(definition, now);
    if (typeof times === 'string') console.log(`It flushes ${times}.`);
    else {
      console.log('It flushes next at');
      for (const { local, utc, notes } of times)
        console.log(`  ${local}  ${utc}${notes.map((note) => `  (${note})`).join('')}`);
    }
    return DONE;
  });

export type RunCommand = {
  readonly config: Config;
  readonly file: string;
  readonly inputs: readonly string[];
  /** The run's clock, in milliseconds since the epoch; a resumed run keeps its own. */
  readonly now: number;
  readonly format: Format;
  /** File for the rows; undefined for standard output. */
  readonly out: string | undefined;
  /** Discards an unfinished run over other files. */
  readonly discard: boolean;
  /** Milliseconds between commits; records after the last one are read again after a kill. */
  readonly commitMs: number;
  /** Called before an embedded server is started; the returned function is called at the end. */
  readonly prepare: () => () => void;
};

/** Runs a definition over files, and prints the first records that were set aside. */
export const run = ({ config, file, inputs, format, out, prepare, ...rest }: RunCommand): Promise<number> =>
  reportErrors(async () => {
    const definition = readFile(file);
    if (inputs.length === 0) throw new InputError('received no file, expected at least one to read');
    return withDatabase(config, prepare, async (pool) => {
      const target = new Target(out);
      const toLine = lineWriter(format);
      const line = new ProgressLine();
      const result = await runBatch(
        { pool, definition, files: inputs, onProgress: (progress) => line.show(progress), ...rest },
        async (rows) => {
          line.clear();
          await target.write(rows.map(toLine).join(''));
        },
      ).finally(() => line.clear());
      await target.end();
      const { rows } = await pool.query<{ place: string; message: string }>(
        `SELECT source || ':' || position AS place, message FROM aggregator_set_aside WHERE run = $1 ORDER BY seq LIMIT $2`,
        [result.run, SHOWN_ASIDES],
      );
      for (const { place, message } of rows) console.error(`${place} set aside: ${message}`);
      console.error(
        `${result.records} records${result.resumed ? ' (resumed)' : ''}, ${result.setAside} set aside`,
      );
      return result.setAside === 0 ? DONE : NOT_ALL;
    });
  });

/** The destination of rows. */
class Target {
  readonly #stream: Writable;
  readonly #name: string;

  /** @param out a file, which is overwritten; undefined for standard output @throws {InputError} where it can't be opened */
  constructor(out: string | undefined) {
    this.#name = out === undefined ? 'standard output' : `--out ${out}`;
    try {
      this.#stream =
        out === undefined ? standardOutput() : createWriteStream(out, { fd: openSync(out, 'w') });
    } catch (error) {
      throw new InputError(
        `received ${this.#name}, which can't be written (${codeOf(error)}), expected a file`,
      );
    }
    // A failed write rejects its own promise; without a listener the event would end the process.
    this.#stream.on('error', () => {});
  }

  /** Resolves once the operating system has the text: only then may its rows be marked as delivered. @throws {RunError} */
  write(text: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#stream.write(text, (error) => (error ? reject(this.#refused(error)) : resolve())),
    );
  }

  async end(): Promise<void> {
    if (this.#stream === process.stdout) return;
    this.#stream.end();
    await finished(this.#stream).catch((error) => Promise.reject(this.#refused(error)));
  }

  #refused(error: unknown): RunError {
    return new RunError(
      `${this.#name} can't be written (${codeOf(error)}); rows that were not written are kept for the next start with the same definition and files`,
    );
  }
}

export type FollowCommand = {
  readonly config: Config;
  readonly file: string;
  readonly topic: string;
  readonly format: Format;
  readonly prepare: () => () => void;
};

/** Runs a definition on a topic and prints flushed rows, until the program is stopped. */
export const follow = ({ config, file, topic, format, prepare }: FollowCommand): Promise<number> =>
  reportErrors(async () => {
    const definition = checkValue({ ...readDefinition(readText(file), file, true), topic }, true);
    return withDatabase(config, prepare, async (pool, log) => {
      const kafka = createKafka(clusterOf(config), 'shopstream-aggregate', log);
      const clusterId = await describeCluster(kafka, clusterOf(config));
      await transaction(pool, (client) => saveDefinition(client, definition));
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      const { name } = definition;
      const checkMs = config.AGGREGATOR_CHECK_SECONDS * 1000;
      const failure = new FailureNote(pool, name, log);
      const running = new RunningDefinition(kafka, pool, clusterId, { name, topic, checkMs }, log, failure);
      const toLine = lineWriter(format);
      const before = await lastResult(pool, name);
      await running.start((error) => stop.abort(error));
      const expiring = keepExpiring(() => deleteExpired(pool, name, Date.now()), log, stop.signal);
      console.error(
        `${name} runs on ${topic}; results are in the topic ${resultTopicOf(name)} too. Ctrl-C ends it.`,
      );
      // A closed pipe, as with `| head`, ends the command; the topic has all rows.
      const target = new Target(undefined);
      try {
        for await (const rows of newResults(pool, name, before, stop.signal))
          await target.write(rows.map(toLine).join(''));
      } finally {
        stop.abort();
        await Promise.all([running.stop(), expiring]);
      }
      await failure.settled();
      const { reason } = stop.signal;
      if (reason instanceof Error && reason.name !== 'AbortError') throw new RunError(reasonOf(reason));
      return DONE;
    });
  });

/** Yields the rows that a definition flushes from now on, until `signal` and all before it are read. @param before `seq` of the last row */
async function* newResults(
  pool: Pool,
  definition: string,
  before: number,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  for (let last = before; ; ) {
    const results = await readResults(pool, definition, last);
    last = results.at(-1)?.seq ?? last;
    if (results.length > 0) yield results.map(({ row }) => row);
    else if (signal.aborted) return;
    else await sleep(RESULTS_MS, undefined, { signal }).catch(() => {});
  }
}

/** The progress in one line of a terminal; prints nothing elsewhere. */
class ProgressLine {
  #shownAt = Number.NEGATIVE_INFINITY;
  #isShown = false;

  show({ file, done, records }: Progress): void {
    if (!process.stderr.isTTY || performance.now() - this.#shownAt < PROGRESS_MS) return;
    this.#shownAt = performance.now();
    this.#isShown = true;
    process.stderr.write(`\r\x1b[2K${file}  ${Math.floor(done * 100)} %  ${records} records`);
  }

  /** Must be called before anything else is printed. */
  clear(): void {
    if (this.#isShown) process.stderr.write('\r\x1b[2K');
    this.#isShown = false;
  }
}
