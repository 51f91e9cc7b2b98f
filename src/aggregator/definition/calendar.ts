// A definition in words, and its next flushes, in local time and UTC, with notes on unusual ones.

import { Temporal } from 'temporal-polyfill';
import { type MomentNote, nextMoment } from '../core/due.ts';
import type { Definition } from './schema.ts';

export type FlushTime = { readonly local: string; readonly utc: string; readonly notes: readonly string[] };

const WORDS: Readonly<Record<MomentNote, string>> = {
  SKIPPED: 'the clocks go forward over this time, so it keeps the offset before',
  DOUBLED: 'the clocks go back, so this time comes twice: the first counts',
  SHORT_MONTH: 'the month has no such day: its last one counts',
};

/**
 * The next flushes of a Day or Month timeout; for any other flush, a text that says when it happens.
 * @param now milliseconds since the epoch
 * @param count number of flushes
 */
export function flushCalendar({ flush }: Definition, now: number, count = 5): readonly FlushTime[] | string {
  if (flush.by === 'END_OF_TRANSACTION') return 'at the end of each file';
  if (flush.by === 'END_OF_STREAM') return 'once, when all files were read';
  const { timeout } = flush;
  if (timeout.type === 'HOUR') return `${timeout.hours} h after a session's own first record`;
  if (timeout.type === 'TIMESTAMP')
    return `at the time that ${timeout.field} of a session's first record holds`;
  const times: FlushTime[] = [];
  for (let after = now; times.length < count; ) {
    const { at, notes } = nextMoment(timeout, after);
    const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeout.zone);
    const local = `${zoned.toPlainDateTime().toString({ smallestUnit: 'minute' }).replace('T', ' ')} ${timeout.zone}`;
    times.push({ local, utc: new Date(at).toISOString(), notes: notes.map((note) => WORDS[note]) });
    after = at;
  }
  return times;
}

const SIGNS: Readonly<Record<string, string>> = {
  '>=': '≥',
  '<=': '≤',
  '!=': '≠',
  not_equals: 'does not equal',
};
const wordOf = (operator = 'is'): string => SIGNS[operator] ?? operator;

/** Describes a definition in sentences. */
export function describeDefinition({ name, group, aggregate, flush }: Definition): string[] {
  const periods = (group.periods ?? []).map(({ field, period }) => `the ${period.toLowerCase()} of ${field}`);
  const rows = aggregate.map(
    ({ field, operation, as }) =>
      `${operation}${field === undefined ? '' : `(${field})`}${as === undefined ? '' : ` as ${as}`}`,
  );
  const conditions = flush.by === 'TIMEOUT' ? (flush.conditions ?? []) : [];
  return [
    `${name} groups by ${[...group.fields, ...periods].join(', ')}.`,
    `Of each group it keeps ${rows.join(', ')}.`,
    ...conditions.map(
      (one) =>
        `A session is flushed at once where ${one.aggregate ?? one.field} ${wordOf(one.operator)} ${one.value} (${one.name}).`,
    ),
  ];
}
