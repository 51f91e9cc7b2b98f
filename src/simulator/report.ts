// Reports of a run and of its verification, as lines of text.

import { version } from '../runtime/version.ts';
import type { Fit, Funnel } from './core/funnel.ts';
import type { Comparison } from './ledger/compare.ts';
import type { Ledger } from './ledger/read.ts';
import type { RunOptions } from './options.ts';
import type { RunResult } from './run.ts';
import { fillsOutbox } from './system-faults.ts';

const number = new Intl.NumberFormat('en-US');
const SHOWN_DIFFERENCES = 20;
/** A run with a larger share of missed starts fails. */
const MISSED_SHARE = 0.01;

/** Milliseconds as text; a dash where unknown. */
export const msText = (ms: number | undefined): string =>
  ms === undefined ? '-' : ms < 10 ? `${ms.toFixed(1)} ms` : `${number.format(Math.round(ms))} ms`;

/** The report of a run. @returns its lines, and what makes the run fail */
export function describeRun(
  options: Pick<RunOptions, 'expect' | 'target' | 'personas'> & Partial<Pick<RunOptions, 'rate' | 'system'>>,
  { run, file, tally, took }: RunResult,
  command: string,
): { lines: string[]; failures: string[] } {
  const seconds = took / 1000;
  const rate = (tally.sends / seconds).toFixed(1);
  const failures: string[] = [];
  if (tally.missed > MISSED_SHARE * Math.max(1, tally.sends))
    failures.push(
      `${number.format(tally.missed)} starts came more than a second late: the rate was missed${options.rate === undefined ? '' : `, ${rate}/s of ${number.format(options.rate)}/s`}`,
    );
  if (tally.errors > 0)
    failures.push(`${number.format(tally.errors)} pages were not answered as a shop does`);
  const turnedAway = `${number.format(tally.turnedAway)} events were turned away: the shop had no room for them`;
  const isExpected = options.system?.some(({ fault }) => fillsOutbox(fault)) === true;
  if (tally.turnedAway > 0 && !isExpected) failures.push(turnedAway);
  failures.push(...unmetExpectations(options, tally));
  const faults = [...tally.faults].map(([name, count]) => `${name} ${number.format(count)}`).join(', ');
  const expected = [...tally.expected].map(([name, count]) => `${name} ${number.format(count)}`).join(', ');
  return {
    lines: [
      `run ${run}: ${number.format(tally.sends)} events in ${seconds.toFixed(1)} s, ${rate}/s; latency p50 ${msText(tally.quantile(0.5))}, p99 ${msText(tally.quantile(0.99))}; ${number.format(tally.missed)} missed starts, ${number.format(tally.errors)} errors`,
      `injected: ${faults || 'no faults'}`,
      `expected: ${expected || 'nothing'}`,
      ...(tally.turnedAway > 0 && isExpected ? [turnedAway] : []),
      ...funnelLines(options, tally.funnel),
      `again, with version ${version}: ${command}`,
      `ledger: ${file}; npm run simulate -- verify ${run}`,
    ],
    failures,
  };
}

/** A scenario's expectations that a run did not meet. */
export function unmetExpectations(
  { expect }: Pick<RunOptions, 'expect'>,
  tally: RunResult['tally'],
): string[] {
  // `duplicate` is a fault of two sends, and the outcome of one of them: a scenario expects the outcome.
  const counts = new Map<string, number>([...tally.faults, ...tally.expected, ['rejected', tally.rejected]]);
  return Object.entries(expect)
    .filter(([name, wanted]) => (counts.get(name) ?? 0) !== wanted)
    .map(([name, wanted]) => `${name}: ${counts.get(name) ?? 0}, the scenario expects ${wanted}`);
}

/** Lines that compare a funnel with the published counts, and with what these shoppers' personas lead to. @param drawn as Funnel.compare() takes it */
export function funnelLines(
  { target, personas }: Pick<RunOptions, 'target' | 'personas'>,
  funnel: Funnel,
  drawn = target === 'kafka',
): string[] {
  if (personas.length === 1) return ['funnel: not compared, as one persona alone has a funnel of its own'];
  const of = ({ chiSquare, degrees, limit }: Fit) =>
    `chi-square ${chiSquare.toFixed(1)} at ${degrees} degrees of freedom, ${chiSquare <= limit ? 'within' : 'beyond'} the 99.9 % limit of ${limit.toFixed(1)}`;
  const table = funnel.compareWithTable(drawn);
  if (table.degrees <= 0) return [];
  const what = drawn
    ? 'the 30 published counts'
    : 'the published rates of clicks and orders (the shop chooses its banners itself)';
  return [
    `funnel against ${what}: ${of(table)}`,
    `funnel against what the personas of these shoppers lead to: ${of(funnel.compare(drawn))}`,
  ];
}

/** @returns the lines of a verification; the differences come last */
export function describeComparison(
  { head, entries, ended }: Ledger,
  { differences, counted }: Comparison,
): string[] {
  const injected = new Map<string, number>();
  for (const { expect } of entries) injected.set(expect, (injected.get(expect) ?? 0) + 1);
  const found = new Map<string, number>([
    ['stored', counted.stored],
    ['duplicate', counted.duplicate],
    ...counted.setAside,
  ]);
  const column = (text: string | number) => String(text).padStart(12);
  return [
    `run ${head.run}, target ${head.target}${ended ? '' : ', cut short: what it sent last may not be in the ledger'}`,
    `${'expected'.padEnd(20)}${column('injected')}${column('counted')}`,
    ...[...injected].map(
      ([name, count]) =>
        `${name.padEnd(20)}${column(number.format(count))}${column(number.format(found.get(name) ?? 0))}`,
    ),
    ...differences.slice(0, SHOWN_DIFFERENCES),
    ...(differences.length > SHOWN_DIFFERENCES
      ? [`… and ${number.format(differences.length - SHOWN_DIFFERENCES)} more`]
      : []),
    `${number.format(differences.length)} differences`,
  ];
}
