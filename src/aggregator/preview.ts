// Previews of a definition over the newest records of a topic, or those of a file. The core runs them, with a clock that follows the
// records; nothing is stored.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TopicRecord } from '../consumer/topic-reader.ts';
import { describeInput, readInput } from './batch/input.ts';
import { InputError } from './batch/reading.ts';
import { type Cell, Digits, showCell } from './core/cell.ts';
import { readObject, toCell } from './core/json.ts';
import { compile, FieldTable } from './core/plan.ts';
import { rowColumns, writeObject } from './core/row.ts';
import type { Session } from './core/session.ts';
import { type Flushed, flushDue, flushEnded, newState, type State, step } from './core/step.ts';
import type { Definition } from './definition/schema.ts';
import { cellsOf } from './realtime/record-cells.ts';

/** A preview reads so many of a topic's newest records. */
export const PREVIEWED = 1_000;
const MOST_SESSIONS = 100_000;

export type Aside = { readonly place: string; readonly message: string };
export type Preview = {
  readonly records: number;
  readonly flushed: readonly Flushed[];
  /** Sessions that are left open, next due first. */
  readonly open: readonly Session[];
  readonly asides: readonly Aside[];
};

class PreviewRun {
  readonly names: readonly string[];
  readonly #state: State;
  readonly #flushed: Flushed[] = [];
  readonly #asides: Aside[] = [];
  #records = 0;

  constructor(definition: Definition, mode: 'batch' | 'real-time') {
    const fields = new FieldTable();
    const plan = compile(definition, 1, fields);
    this.names = fields.names;
    this.#state = newState(
      plan,
      mode,
      Math.min(definition.limits?.max_sessions ?? MOST_SESSIONS, MOST_SESSIONS),
    );
  }

  take(cells: readonly Cell[], source: string, position: number, at: number, now: number): void {
    this.#records += 1;
    const outcome = step(this.#state, { cells, source, position, at }, now);
    if ('aside' in outcome)
      this.#asides.push({ place: `${source}:${position}`, message: outcome.aside.message });
    else this.#flushed.push(...outcome.flushed);
  }

  fault(message: string, source: string, position: number): void {
    this.#records += 1;
    this.#asides.push({ place: `${source}:${position}`, message });
  }

  check(now: number): void {
    this.#flushed.push(...flushDue(this.#state, now));
  }

  end(now: number): Preview {
    for (const ending of ['END_OF_TRANSACTION', 'END_OF_STREAM'] as const)
      this.#flushed.push(...flushEnded(this.#state, ending, now));
    const open = [...this.#state.open].sort((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0));
    return { records: this.#records, flushed: this.#flushed, open, asides: this.#asides };
  }
}

/**
 * Previews a definition over records of a topic. The clock follows their timestamps, and due sessions are flushed before each
 * record; for a definition that flushes at the end of a file or run, the records are the only file.
 */
export function previewRecords(
  definition: Definition,
  topic: string,
  records: readonly TopicRecord[],
): Preview {
  const run = new PreviewRun(definition, definition.flush.by === 'TIMEOUT' ? 'real-time' : 'batch');
  let now = 0;
  for (const record of records) {
    now = Math.max(now, record.timestamp);
    run.check(now);
    const cells = cellsOf(record, run.names);
    const source = `${topic}/${record.partition}`;
    const position = Number(record.offset);
    if (typeof cells === 'string') run.fault(cells, source, position);
    else run.take(cells, source, position, record.timestamp, now);
  }
  return run.end(now);
}

/**
 * Previews a definition over a file's text.
 * @param name its extension gives the format
 * @param now milliseconds since the epoch, at which all records come
 * @throws {InputError} for an unknown format, or a header with a repeated column
 */
export async function previewFile(
  definition: Definition,
  { name, text }: { readonly name: string; readonly text: string },
  now: number,
): Promise<Preview> {
  const shown = path.basename(name);
  if (!/\.(?:csv|ndjson|jsonl|json)$/i.test(shown))
    throw new InputError(`received ${shown}, expected a name that ends in .csv, .ndjson, .jsonl or .json`);
  const run = new PreviewRun(definition, 'batch');
  const folder = await mkdtemp(path.join(tmpdir(), 'shopstream-preview-'));
  try {
    const file = path.join(folder, `preview${path.extname(shown).toLowerCase()}`);
    await writeFile(file, text);
    await readInput(describeInput(file), {
      names: run.names,
      onRecord: (cells, at) => run.take([...cells], shown, at, now, now),
      onFault: (message, at) => run.fault(message, shown, at),
      afterBlock: async () => {},
    });
    return run.end(now);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export type Changed = {
  readonly before: { readonly flushed: number; readonly open: number; readonly asides: number };
  /** New rows that the saved definition did not flush. */
  readonly added: ReadonlySet<Flushed>;
  /** Rows that only the saved definition flushed. */
  readonly gone: readonly Flushed[];
};

/** Compares the rows of a changed definition with those of the saved one, over the same records. Equal rows are matched one to one. */
export function comparePreviews(saved: Preview, changed: Preview): Changed {
  const unmatched = new Map<string, Flushed[]>();
  for (const one of saved.flushed) {
    const text = textOf(one);
    unmatched.set(text, [...(unmatched.get(text) ?? []), one]);
  }
  const added = new Set(changed.flushed.filter((one) => unmatched.get(textOf(one))?.pop() === undefined));
  return {
    before: { flushed: saved.flushed.length, open: saved.open.length, asides: saved.asides.length },
    added,
    gone: [...unmatched.values()].flat(),
  };
}

const textOf = (one: Flushed): string => `${one.type} ${one.condition ?? ''} ${writeObject(rowColumns(one))}`;

export type KnownField = {
  readonly name: string;
  readonly types: readonly string[];
  /** One value as JSON, shortened. */
  readonly example: string;
  /** Number of records that have it. */
  readonly records: number;
};

/** The fields of records, in the order of their first occurrence; records that are no JSON objects have none. */
export function fieldsOf(records: readonly TopicRecord[]): KnownField[] {
  const known = new Map<string, { types: Set<string>; example: string; records: number }>();
  for (const { value } of records)
    for (const [name, field] of Object.entries(objectOf(value))) {
      const found = known.get(name) ?? { types: new Set(), example: '', records: 0 };
      found.types.add(typeOf(field));
      if (field !== null) found.example = showCell(toCell(field));
      found.records += 1;
      known.set(name, found);
    }
  return [...known].map(([name, { types, ...rest }]) => ({ name, types: [...types].sort(), ...rest }));
}

function objectOf(value: Buffer | null): Readonly<Record<string, unknown>> {
  try {
    return (value === null ? undefined : readObject(value.toString('utf8'))) ?? {};
  } catch {
    return {};
  }
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z?$/;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return ISO_TIME.test(value) ? 'time' : 'text';
  if (typeof value === 'boolean') return 'boolean';
  const cell = toCell(value);
  return typeof cell === 'number' || cell instanceof Digits ? 'number' : 'object';
}
