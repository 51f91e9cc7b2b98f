// A flushed session as a row: group fields, period starts, outputs and `meta`. It is JSON text, as doubles would lose digits.

import { writeCell } from './cell.ts';
import type { Plan } from './plan.ts';
import { quoted, type Session, sessionId } from './session.ts';
import type { Flushed } from './step.ts';

/** A name, and a value as JSON text. */
export type Column = readonly [name: string, json: string];

let lastTime = Number.NaN;
let lastText = '';

/** A time as JSON. The last one is cached, as rows of one flush have many equal times. */
function time(at: number | undefined): string {
  if (at === undefined) return 'null';
  if (at !== lastTime) {
    lastTime = at;
    lastText = `"${new Date(at).toISOString()}"`;
  }
  return lastText;
}

/** The columns of a row but for `meta`, in their order, each with its value as JSON. */
export const rowColumns = (flushed: Flushed): Column[] =>
  columnsOf(rowNames(flushed.session.plan), rowValues(flushed));

/** The columns of a row's `meta`. */
export const metaColumns = (flushed: Flushed): Column[] => columnsOf(META_NAMES, metaValues(flushed));

const columnsOf = (names: readonly string[], values: readonly string[]): Column[] =>
  names.map((name, index) => [name, values[index] as string]);

const rowNames = ({ columns, aggregates }: Plan): string[] => [
  ...columns.map(({ name }) => name),
  ...aggregates.map(({ output }) => output),
];

const META_NAMES = [
  'id',
  'definition',
  'version',
  'count',
  'first_event',
  'last_event',
  'created_at',
  'due_at',
  'flushed_at',
  'flush_type',
  'condition',
  'sources',
  'sources_exact',
];

function rowValues({ session }: Flushed): string[] {
  const { plan, group, periods, accumulators, count } = session;
  const values: string[] = [];
  for (const { from, index } of plan.columns)
    values.push(from === 'group' ? writeCell(group[index]) : `"${periods[index]}"`);
  for (const accumulator of accumulators) values.push(accumulator.result(count));
  return values;
}

function metaValues({ session, type, at, condition }: Flushed): string[] {
  const { plan, count, firstEvent, lastEvent, createdAt, dueAt, exactRanges } = session;
  return [
    `"${sessionId(session)}"`,
    JSON.stringify(plan.definition),
    String(plan.version),
    String(count),
    time(firstEvent),
    time(lastEvent),
    time(createdAt),
    time(dueAt),
    time(at),
    `"${type}"`,
    condition === undefined ? 'null' : JSON.stringify(condition),
    writeSources(session),
    exactRanges ? 'true' : 'false',
  ];
}

/** The places of a session's records, such as ["south.csv:7","south.csv:9-12"]. */
function writeSources({ sources, places }: Session): string {
  let text = '[';
  let source: string | undefined;
  let begun = '';
  for (let at = 0; at < sources.length; at += 1) {
    if (source !== sources[at]) {
      source = sources[at] as string;
      begun = `${quoted(source).slice(0, -1)}:`;
    }
    const from = places[2 * at] as number;
    const to = places[2 * at + 1] as number;
    text += `${at === 0 ? '' : ','}${begun}${from}${from === to ? '"' : `-${to}"`}`;
  }
  return `${text}]`;
}

const headOf = (name: string, index: number): string => `${index === 0 ? '' : ','}${JSON.stringify(name)}:`;

/** Columns as a JSON object. */
export const writeObject = (columns: readonly Column[]): string =>
  `{${columns.map(([name, json], index) => headOf(name, index) + json).join('')}}`;

const META_HEADS = META_NAMES.map(headOf);
/** By plan, the text before each value of its rows. */
const heads = new WeakMap<Plan, readonly string[]>();

function headsOf(plan: Plan): readonly string[] {
  let found = heads.get(plan);
  if (found === undefined) {
    found = rowNames(plan).map(headOf);
    heads.set(plan, found);
  }
  return found;
}

/** The row as one line of JSON. */
export function writeRow(flushed: Flushed): string {
  const row = weave(headsOf(flushed.session.plan), rowValues(flushed));
  return `{${row},"meta":{${weave(META_HEADS, metaValues(flushed))}}}`;
}

function weave(heads: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let index = 0; index < heads.length; index += 1)
    text += (heads[index] as string) + (values[index] as string);
  return text;
}
