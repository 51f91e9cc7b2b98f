// A flushed session as a row: group fields, period starts, outputs, and `meta`, as JSON text, since doubles would lose digits.

import { writeCell } from './cell.ts';
import { quoted, type Session, sessionId } from './session.ts';
import type { Flushed } from './step.ts';

export type Column = readonly [name: string, json: string];

let lastTime = Number.NaN;
let lastText = '';

/** Rows of one flush have few times that differ. */
function time(at: number | undefined): string {
  if (at === undefined) return 'null';
  if (at !== lastTime) {
    lastTime = at;
    lastText = `"${new Date(at).toISOString()}"`;
  }
  return lastText;
}

/** The columns of a row without meta, in their order, each with its value as JSON. */
export function rowColumns({ session }: Flushed): Column[] {
  const { plan, group, periods, accumulators, count } = session;
  return [
    ...plan.columns.map(
      ({ name, from, index }): Column => [
        name,
        from === 'group' ? writeCell(group[index]) : JSON.stringify(periods[index]),
      ],
    ),
    ...plan.aggregates.map(
      ({ output }, index): Column => [output, accumulators[index]?.result(count) ?? 'null'],
    ),
  ];
}

/** The columns of a row's `meta`. */
export function metaColumns({ session, type, at, condition }: Flushed): Column[] {
  return [
    ['id', JSON.stringify(sessionId(session))],
    ['definition', JSON.stringify(session.plan.definition)],
    ['version', String(session.plan.version)],
    ['count', String(session.count)],
    ['first_event', time(session.firstEvent)],
    ['last_event', time(session.lastEvent)],
    ['created_at', time(session.createdAt)],
    ['due_at', time(session.dueAt)],
    ['flushed_at', time(at)],
    ['flush_type', JSON.stringify(type)],
    ['condition', JSON.stringify(condition ?? null)],
    ['sources', writeSources(session)],
    ['sources_exact', String(session.exactRanges)],
  ];
}

/** As ["south.csv:7","south.csv:9-12"]. */
function writeSources({ sources, places }: Session): string {
  let text = '';
  for (let at = 0; at < sources.length; at += 1) {
    const from = places[2 * at] as number;
    const to = places[2 * at + 1] as number;
    const begun = quoted(sources[at] as string).slice(0, -1);
    text += `${at === 0 ? '' : ','}${begun}:${from}${from === to ? '"' : `-${to}"`}`;
  }
  return `[${text}]`;
}

/** Names as JSON, with their colon: those of a row's columns are the next row's, too. */
const heads = new Map<string, string>();
const MOST_HEADS = 10_000;

function headOf(name: string): string {
  let head = heads.get(name);
  if (head === undefined) {
    if (heads.size >= MOST_HEADS) heads.clear();
    head = `${JSON.stringify(name)}:`;
    heads.set(name, head);
  }
  return head;
}

export const writeObject = (columns: readonly Column[]): string =>
  `{${columns.map(([name, json]) => headOf(name) + json).join(',')}}`;

/** The row as one line of JSON. */
export const writeRow = (flushed: Flushed): string =>
  writeObject([...rowColumns(flushed), ['meta', writeObject(metaColumns(flushed))]]);
