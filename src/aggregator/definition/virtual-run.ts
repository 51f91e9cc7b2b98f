// Runs the tests inside of a definition: records, and a clock that only the test moves. The flushed rows of each step are compared with
// the expected ones, column by column; columns that an expected row leaves out may have any value.

import { type Cell, writeCell } from '../core/cell.ts';
import { canonicalJson, cellOf, readObject, toCell } from '../core/json.ts';
import { compile, FieldTable } from '../core/plan.ts';
import { metaColumns, rowColumns } from '../core/row.ts';
import { type Flushed, flushDue, flushEnded, newState, type State, step, switchPlan } from '../core/step.ts';
import type { Definition, DefinitionTest } from './schema.ts';

export type TestOutcome = { readonly name: string; readonly failures: readonly string[] };
type Step = DefinitionTest['steps'][number];
type Row = ReadonlyMap<string, string>;

const FIRST_CLOCK = '2024-01-01T00:00:00.000Z';

/** Runs every test of a definition. @returns for each the differences from what it expects; none if it passes */
export const runTests = (definition: Definition): TestOutcome[] =>
  (definition.tests ?? []).map((test) => ({
    name: test.name,
    failures: new VirtualRun(definition, test).run(),
  }));

class VirtualRun {
  readonly #definition: Definition;
  readonly #test: DefinitionTest;
  readonly #fields = new FieldTable();
  readonly #state: State;
  #now: number;
  #position = 0;
  #version = 1;

  constructor(definition: Definition, test: DefinitionTest) {
    this.#definition = definition;
    this.#test = test;
    this.#now = Date.parse(test.clock ?? FIRST_CLOCK);
    const mode = test.mode ?? (definition.flush.by === 'TIMEOUT' ? 'real-time' : 'batch');
    this.#state = newState(compile(definition, 1, this.#fields), mode, definition.limits?.max_sessions);
  }

  run(): string[] {
    return this.#test.steps.flatMap((one, index) =>
      this.#take(one).map((failure) => `step ${index + 1}: ${failure}`),
    );
  }

  #take(one: Step): string[] {
    const flushed: Flushed[] = [];
    const asides: string[] = [];
    if (one.group !== undefined) this.#regroup(one.group);
    if (one.clock !== undefined) this.#now = Date.parse(one.clock);
    if (one.run !== undefined || (one.clock !== undefined && this.#state.mode === 'real-time'))
      flushed.push(...flushDue(this.#state, this.#now));
    for (const values of one.records ?? []) this.#record(values, one.file, flushed, asides);
    if (one.file !== undefined) flushed.push(...flushEnded(this.#state, 'END_OF_TRANSACTION', this.#now));
    if (one.end !== undefined) flushed.push(...flushEnded(this.#state, 'END_OF_STREAM', this.#now));
    return [
      ...compareAsides(one, asides),
      ...(one.expect === undefined ? [] : compareRows(one.expect, flushed)),
    ];
  }

  #record(
    values: Readonly<Record<string, unknown>>,
    file: string | undefined,
    flushed: Flushed[],
    asides: string[],
  ): void {
    this.#position += 1;
    // Through JSON, so that a test's values are read like those of a stream.
    const object = readObject(JSON.stringify(values)) ?? {};
    const cells = this.#fields.names.map((name) => cellOf(object, name));
    const record = { cells, source: file ?? 'test', position: this.#position, at: this.#now };
    const outcome = step(this.#state, record, this.#now);
    if ('aside' in outcome) asides.push(outcome.aside.message);
    else flushed.push(...outcome.flushed);
  }

  #regroup(fields: readonly string[]): void {
    this.#version += 1;
    const changed = { ...this.#definition, group: { ...this.#definition.group, fields: [...fields] } };
    switchPlan(this.#state, compile(changed, this.#version, this.#fields));
  }
}

function compareAsides({ set_aside: wanted }: Step, asides: readonly string[]): string[] {
  const expected = wanted ?? 0;
  if (asides.length === expected) return [];
  return [`expected ${expected} records set aside, ${asides.length} were: ${asides.join('; ')}`];
}

/** Matches each expected row with the first flushed row that has its values, and reports those that are left on either side. */
function compareRows(
  expected: readonly Readonly<Record<string, unknown>>[],
  flushed: readonly Flushed[],
): string[] {
  const unmatched = flushed.map(rowOf);
  const missing = expected.flatMap((row) => {
    const wanted = Object.entries(row).map(([name, value]): [string, string] => [name, canonical(value)]);
    const at = unmatched.findIndex((has) => wanted.every(([name, json]) => sameValue(has.get(name), json)));
    if (at !== -1) unmatched.splice(at, 1);
    return at === -1 ? [`not flushed: ${JSON.stringify(row)}`] : [];
  });
  return [...missing, ...unmatched.map((row) => `not expected: ${showRow(row)}`)];
}

const rowOf = (one: Flushed): Row => new Map([...rowColumns(one), ...metaColumns(one)]);
const showRow = (row: Row): string => `{${[...row].map(([name, json]) => `${name}: ${json}`).join(', ')}}`;

/** Compares values as canonical JSON; an expected time may lack its milliseconds. */
const sameValue = (has: string | undefined, wanted: string): boolean =>
  has === wanted || has?.replace('.000Z"', 'Z"') === wanted;

function canonical(value: unknown): string {
  const cell: Cell = toCell(value);
  return typeof value === 'object' && value !== null ? canonicalJson(value) : writeCell(cell);
}
