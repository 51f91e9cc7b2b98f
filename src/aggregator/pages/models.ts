// View models of the aggregator's pages.

import { stringify } from 'yaml';
import { shortened } from '../../runtime/beginning.ts';
import { GENERAL_OPERATIONS, NUMERIC_OPERATIONS } from '../core/accumulate.ts';
import { PERIODS } from '../core/instant.ts';
import { canonicalJson, readLossless } from '../core/json.ts';
import { outputOf } from '../core/plan.ts';
import { type Progress, progressOf } from '../core/progress.ts';
import type { Column } from '../core/row.ts';
import type { Session } from '../core/session.ts';
import type { Definition } from '../definition/schema.ts';
import type { Definitions } from '../definitions.ts';
import { briefly, explained, sessionColumns, versionRow } from '../present.ts';
import { PREVIEWED } from '../preview.ts';
import type { Provenance } from '../provenance.ts';
import {
  COUNTED,
  definitionOf,
  type KnownDefinition,
  type KnownResult,
  type KnownVersion,
  listVersions,
  newestAsides,
  newestResults,
  readOpenSessions,
} from '../store/overview.ts';
import type { Form } from './form.ts';

const SESSIONS = 50;
const RESULTS = 25;
const ASIDES = 10;

/** A value for a page: text without quotes, anything else as JSON, shortened. */
function shown(json: string): string {
  const text = json.startsWith('"') ? String(JSON.parse(json)) : json;
  return shortened(text, 120);
}

export type ShownRow = {
  readonly columns: readonly { readonly name: string; readonly value: string }[];
};
export const showColumns = (columns: readonly Column[]): ShownRow['columns'] =>
  columns.map(([name, json]) => ({ name, value: shown(json) }));

export type ShownSession = ShownRow & {
  readonly count: number;
  readonly created: string;
  readonly due: string | null;
  readonly dueIn: string;
  readonly version: number;
  readonly progress: readonly Progress[];
};

/** An open session as pages show it. @param now milliseconds since the epoch */
export function showSession(session: Session, now: number): ShownSession {
  return {
    columns: showColumns(sessionColumns(session)),
    count: session.count,
    created: new Date(session.createdAt).toISOString(),
    due: session.dueAt === undefined ? null : new Date(session.dueAt).toISOString(),
    dueIn: session.dueAt === undefined ? '' : span(session.dueAt - now),
    version: session.plan.version,
    progress: progressOf(session),
  };
}

const MINUTE = 60_000;
const UNITS = [
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
  ['second', 1_000],
] as const;

/** A span of time in words, such as "in 3 hours". @param ms milliseconds from now */
function span(ms: number): string {
  if (ms <= 0) return 'due, at the next check';
  const [unit, length] = UNITS.find(([, one]) => ms >= 2 * one) ?? UNITS[3];
  const count = Math.max(1, Math.floor(ms / length));
  return `in ${count} ${unit}${count === 1 ? '' : 's'}`;
}

export const FLUSH_WORDS: Readonly<Record<string, string>> = {
  EACH_FILE: 'end of file',
  ALL_FILES: 'end of stream',
  TIMEOUT: 'timeout',
  CONDITION: 'condition',
};

export type ShownResult = ShownRow & {
  readonly id: string;
  readonly flushed: string;
  readonly type: string;
  readonly why: string;
  readonly count: number;
};

function showResult({ id, row, flushed_at }: Pick<KnownResult, 'id' | 'row' | 'flushed_at'>): ShownResult {
  const { meta, ...columns } = readLossless(row) as Readonly<Record<string, unknown>>;
  const { flush_type, condition, count } = (JSON.parse(row) as { meta: Record<string, unknown> }).meta;
  return {
    id,
    flushed: flushed_at.toISOString(),
    type: String(flush_type),
    why: condition === null ? (FLUSH_WORDS[String(flush_type)] ?? '') : String(condition),
    count: Number(count),
    columns: Object.entries(columns).map(([name, value]) => ({ name, value: shown(canonicalJson(value)) })),
  };
}

/** A count in words, which is exact up to COUNTED. */
const counted = (count: number): string =>
  count > COUNTED ? `more than ${COUNTED.toLocaleString('en')}` : count.toLocaleString('en');

/** The model of a definition's page. @param now milliseconds since the epoch @throws {HttpError} 404 */
export async function definitionPage(definitions: Definitions, name: unknown, now: number) {
  const known = await definitions.find(name);
  const [versions, sessions, results, asides] = await Promise.all([
    listVersions(definitions.pool, known.name),
    readOpenSessions(definitions.pool, known.name, SESSIONS),
    newestResults(definitions.pool, known.name, RESULTS, undefined),
    newestAsides(definitions.pool, known.name, ASIDES, undefined),
  ]);
  const { words, nextFlushes } = explained(known.body, now);
  const definition = definitionOf(known.body);
  return {
    known: briefly(known),
    failedAt: known.failed_at?.toISOString() ?? null,
    description: definition?.description ?? '',
    words,
    nextFlushes,
    sessions: sessions.map((session) => showSession(session, now)),
    results: results.map(showResult),
    asides: asides.map((aside) => ({ ...aside, at: aside.at.toISOString() })),
    versions: showVersions(versions, known),
    yaml: stringify(known.body),
    counted,
  };
}

/** The model of the page that asks before a definition is deleted: what goes with it. @throws {HttpError} 404 */
export async function deletePage(definitions: Definitions, name: unknown) {
  const known = await definitions.find(name);
  const versions = await listVersions(definitions.pool, known.name);
  const byGrouping = new Map(versions.map(({ grouping, sessions }) => [grouping, sessions]));
  const sessions = [...byGrouping.values()].reduce((sum, count) => sum + count, 0);
  return {
    known: briefly(known),
    sessions,
    asleep: sessions - known.open,
    versions: versions.length,
    counted,
  };
}

const SECTIONS = ['topic', 'group', 'aggregate', 'flush', 'limits', 'description', 'tests'] as const;

function showVersions(versions: readonly KnownVersion[], known: KnownDefinition) {
  const section = (body: unknown, name: string): string =>
    JSON.stringify(typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined) ?? '';
  return versions.map((version, index) => {
    const before = versions[index + 1];
    const changed =
      before === undefined
        ? []
        : SECTIONS.filter((name) => section(version.body, name) !== section(before.body, name));
    const [fields, periods] = JSON.parse(version.grouping) as [string[], [string, string][]];
    return {
      ...versionRow(version, known.grouping),
      inForce: version.version === known.version,
      changed,
      groups: [...fields, ...periods.map(([field, period]) => `${period.toLowerCase()} of ${field}`)].join(
        ', ',
      ),
      // Versions with one grouping share its sessions, which are shown beside the first of them.
      isFirstOfGrouping: versions.findIndex(({ grouping }) => grouping === version.grouping) === index,
    };
  });
}

/** The model of a flushed row's page. */
export function resultPage({
  definition,
  result,
  provenance,
}: {
  readonly definition: KnownDefinition;
  readonly result: KnownResult;
  readonly provenance: Provenance;
}) {
  const { meta } = JSON.parse(result.row) as { meta: Readonly<Record<string, unknown>> };
  return {
    name: definition.name,
    result: showResult(result),
    meta: Object.entries(meta)
      .filter(([name]) => name !== 'sources')
      .map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) })),
    sources: provenance.sources,
    exact: provenance.exact,
    missing: provenance.missing,
    records: provenance.records.map(({ partition, offset, timestamp, value }) => {
      const text = value?.toString('utf8') ?? '';
      return {
        partition,
        offset: String(offset),
        at: new Date(timestamp).toISOString(),
        text: shortened(text, 2_000),
        event: /"order_id":"([0-9a-f]{32})"/.exec(text)?.[1],
      };
    }),
    counted,
  };
}

/** Options of the form's drop-downs. While Kafka is away there are no topics or fields to choose: names are typed. */
export async function formOptions(definitions: Definitions, form: Form) {
  const topic = form.topic.trim();
  const [topics, fields] = await Promise.all([
    definitions.topics().catch(() => []),
    topic === '' ? [] : definitions.fields(topic).catch(() => []),
  ]);
  return {
    topics,
    fields,
    outputs: form.aggregate.flatMap(({ field, operation = '', as }) =>
      operation === '' || (field === '' && operation !== 'COUNT')
        ? []
        : [
            outputOf({
              operation: operation as Definition['aggregate'][number]['operation'],
              ...(field === '' ? {} : { field }),
              ...(as === '' ? {} : { as }),
            }),
          ],
    ),
    operations: { Numeric: NUMERIC_OPERATIONS, General: GENERAL_OPERATIONS },
    periods: PERIODS,
    zones: ['UTC', ...Intl.supportedValuesOf('timeZone')],
    previewed: PREVIEWED,
  };
}
