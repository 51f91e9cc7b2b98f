// The records that a flushed row came from, as far as Kafka still has them. The row's sources name their offsets.

import type { TopicReader, TopicRecord } from '../consumer/topic-reader.ts';
import type { Pool } from '../db/pool.ts';
import { reasonOf } from '../kafka/errors.ts';
import { writeCell } from './core/cell.ts';
import { canonicalJson, readLossless } from './core/json.ts';
import { compile, FieldTable } from './core/plan.ts';
import { faultOf, placeOf } from './core/step.ts';
import { checkValue } from './definition/read.ts';
import { cellsOf } from './realtime/record-cells.ts';
import type { KnownResult } from './store/overview.ts';

const SHOWN = 200;
/** Records read at most, as a session's ranges may include many records of other sessions. */
const MOST_READ = 20_000;
const TOPIC_SOURCE = /^(.+)\/(\d+):(\d+)(?:-(\d+))?$/;

export type Provenance = {
  readonly sources: readonly string[];
  /** False where a range has records of other sessions, too. */
  readonly exact: boolean;
  /** Number of records of the row. */
  readonly count: number;
  readonly records: readonly TopicRecord[];
  /** Why not all are shown; undefined where they are. */
  readonly missing: string | undefined;
};

type Row = {
  readonly meta: {
    readonly version: number;
    readonly count: number;
    readonly sources: readonly string[];
    readonly sources_exact: boolean;
  };
};

/**
 * Finds the records of a flushed row, SHOWN at most. For files only the places are returned: a web client must not read the machine's
 * files.
 */
export async function recordsBehind(
  pool: Pool,
  topics: TopicReader,
  definition: string,
  { row, run }: KnownResult,
): Promise<Provenance> {
  const { meta } = JSON.parse(row) as Row;
  const common = { sources: meta.sources, exact: meta.sources_exact, count: meta.count };
  if (run !== null) return { ...common, records: [], missing: 'they are in files: each place is file:lines' };
  const isBehind = await matcherOf(pool, definition, meta.version, row);
  const records: TopicRecord[] = [];
  let read = 0;
  try {
    for (const source of meta.sources) {
      const [, topic = '', partition, from = '0', to = from] = TOPIC_SOURCE.exec(source) ?? [];
      const range = await topics.range(topic, Number(partition), BigInt(from), BigInt(to), MOST_READ - read);
      read += range.length;
      records.push(...range.filter(isBehind));
      if (records.length >= SHOWN || read >= MOST_READ) break;
    }
  } catch (error) {
    return {
      ...common,
      records: records.slice(0, SHOWN),
      missing: `Kafka can't be read: ${reasonOf(error)}`,
    };
  }
  return { ...common, records: records.slice(0, SHOWN), missing: missing(records.length, meta.count) };
}

function missing(found: number, count: number): string | undefined {
  if (found > SHOWN) return `these are the first ${SHOWN}`;
  return found < count ? 'the others are no longer in Kafka, or lie too far apart' : undefined;
}

/** A predicate for the records that have the row's group values and periods, and were not set aside. */
async function matcherOf(
  pool: Pool,
  name: string,
  version: number,
  row: string,
): Promise<(record: TopicRecord) => boolean> {
  const { rows } = await pool.query<{ body: unknown }>(
    'SELECT body FROM aggregator_versions WHERE definition = $1 AND version = $2',
    [name, version],
  );
  const fields = new FieldTable();
  const plan = compile(checkValue(rows[0]?.body, false), version, fields);
  const values = readLossless(row) as Readonly<Record<string, unknown>>;
  const wanted = plan.columns.map(({ name: column }) => canonicalJson(values[column] ?? null));
  return (record) => {
    const cells = cellsOf(record, fields.names);
    if (typeof cells === 'string') return false;
    const place = placeOf(plan, cells);
    if ('message' in place || faultOf(plan, cells) !== undefined) return false;
    return plan.columns.every(({ from, index }, at) => {
      const has = from === 'group' ? writeCell(place.group[index]) : JSON.stringify(place.periods[index]);
      return has === wanted[at];
    });
  };
}
