// Shows a load: one line that is rewritten on a terminal, plain lines at intervals where there is none.

import { clockTime, type Output, statusLine } from '../src/runtime/status-line.ts';
import { formatNumber, renderTable, type TableRow } from '../src/runtime/table.ts';
import type { Exploration } from './explore.ts';
import type { LoadProgress, LoadResult, LoadStep, RejectedRow } from './load/progress.ts';
import { MOST_KEPT } from './load/rejects/rejects.ts';
import type { Verification } from './verify.ts';

/** The progress line of each step. */
const WORDS: Readonly<Record<LoadStep, string>> = {
  comparing: 'comparing with what was loaded before',
  reading: 'reading',
  indexing: 'indexing and counting',
  merging: 'adding',
  attaching: 'attaching',
  locating: 'looking for the lines of repeated rows',
};

/** Shows progress on `out`. Call `clear()` before anything else is written there. */
export function showProgress(
  out: Output,
  now: () => number = Date.now,
): { onProgress(progress: LoadProgress): void; onSessions(done: number): void; clear(): void } {
  let step: LoadStep | undefined;
  let begun = 0;
  const line = statusLine(out, now);
  const onProgress = (progress: LoadProgress): void => {
    const next = progress.step !== step;
    if (next) {
      step = progress.step;
      begun = now();
    }
    line.show(() => describeProgress(progress, (now() - begun) / 1000), next);
  };
  const onSessions = (done: number): void => {
    if (done === 0) begun = now();
    line.show(() => ['finding sessions', ...shareOf(done, (now() - begun) / 1000)].join('  '), done === 0);
  };
  return { onProgress, onSessions, clear: line.clear };
}

/** One line: what is done, rows, rate, share, time to the end of the step. */
function describeProgress(progress: LoadProgress, seconds: number): string {
  const { step, rows, rejected, done, resumedRows } = progress;
  const parts = [WORDS[step]];
  if (rows > 0) parts.push(`${formatNumber(rows)} rows`);
  if (rejected > 0) parts.push(`${formatNumber(rejected)} set aside`);
  if (step === 'reading' && seconds > 0) {
    parts.push(`${formatNumber(Math.round((rows - resumedRows) / seconds))} rows/s`);
  }
  if (done !== undefined && done < 1) parts.push(...shareOf(done, seconds));
  return parts.join('  ');
}

function shareOf(done: number, seconds: number): string[] {
  const share = `${Math.floor(done * 100)} %`;
  if (done <= 0.01 || seconds <= 1) return [share];
  return [share, `${clockTime((seconds / done) * (1 - done))} left`];
}

/** The result of a load, in a few lines. */
export function describeLoad(result: LoadResult): string {
  const { source, added, present, rejected, rejects, sha256, seconds, known } = result;
  const lines = known
    ? [`${source} was loaded before, byte for byte: nothing to do (sha256 ${sha256.slice(0, 12)}…)`]
    : [
        `${source}: ${formatNumber(added)} rows added in ${seconds.toFixed(1)} s, ` +
          `${formatNumber(Math.round(added / Math.max(seconds, 0.001)))} rows/s (sha256 ${sha256.slice(0, 12)}…)`,
      ];
  if (present > 0 && !known) lines.push(`${formatNumber(present)} rows were there already`);
  if (rejected > 0) {
    const kept = rejected > MOST_KEPT ? `the first ${formatNumber(MOST_KEPT)}` : 'all';
    lines.push(`${formatNumber(rejected)} bad rows were set aside, ${kept} in the table rejected_rows:`);
    lines.push(...rejects.map((reject) => `  ${describeReject(reject)}`));
    if (rejected > rejects.length) lines.push(`  and ${formatNumber(rejected - rejects.length)} more`);
  }
  return lines.join('\n');
}

function describeReject({ file, line, column, reason }: RejectedRow): string {
  return [file, line === null ? 'line not known' : `line ${line}`, column]
    .filter(Boolean)
    .join(', ')
    .concat(`: ${reason}`);
}

/** The 30 cells beside the published ones, and their sums. */
export function describeVerification({ cells, published, loaded, different }: Verification): string {
  const summary =
    different === 0
      ? `all ${cells.length} cells are as published: ${formatNumber(loaded)} rows`
      : `${different} of ${cells.length} cells differ: ${formatNumber(loaded)} rows loaded, ${formatNumber(published)} published`;
  return `${renderTable(cells)}\n\n${summary}`;
}

/** Every answer under its question. */
export function describeExploration(exploration: Exploration): string {
  const { file, rows, columns, order_id_is_unique: unique, seconds } = exploration;
  const tables: readonly (readonly [title: string, rows: readonly TableRow[]])[] = [
    ['Columns', columns],
    ['First rows', exploration.first_rows],
    ['Top products', exploration.top_products],
    ['Top users', exploration.top_users],
    ['Top pages', exploration.top_pages],
    ['By title and device', exploration.titles_and_devices],
  ];
  const head = `${file}: ${formatNumber(rows)} rows, order_id is ${unique ? '' : 'not '}unique (${seconds.toFixed(1)} s)`;
  return [head, ...tables.map(([title, table]) => `${title}\n${renderTable(table)}`)].join('\n\n');
}
