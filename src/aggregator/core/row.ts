// A flushed session as a row: group fields, period starts, outputs, and `meta`, as JSON text, since doubles would lose digits.

import { writeCell } from './cell.ts';
import { sessionId } from './session.ts';
import type { Flushed } from './step.ts';

export type Column = readonly [name: string, json: string];

const time = (at: number | undefined): string =>
  at === undefined ? 'null' : `"${new Date(at).toISOString()}"`;

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
    [
      'sources',
      JSON.stringify(
        session.ranges.map(({ source, from, to }) => `${source}:${from === to ? from : `${from}-${to}`}`),
      ),
    ],
    ['sources_exact', String(session.exactRanges)],
  ];
}

export const writeObject = (columns: readonly Column[]): string =>
  `{${columns.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;

/** The row as one line of JSON. */
export const writeRow = (flushed: Flushed): string =>
  writeObject([...rowColumns(flushed), ['meta', writeObject(metaColumns(flushed))]]);
