// The table of medians and ratios.

import { median } from '../statistics.ts';
import type { Cpu } from './cost.ts';
import type { Measured } from './round.ts';

export type Rounds = Readonly<Record<string, readonly Measured[]>>;

type Line = { readonly label: string; readonly of: (one: Measured) => number; readonly digits: number };

const both = ({ sink, postgres }: Cpu) => sink + postgres;

/** The lines of the table; the unit is in the label. */
const lines = (rows: string): readonly Line[] => [
  { label: 'start to first row, s', of: (one) => one.firstRowSeconds, digits: 1 },
  { label: `k rows/s from the start, first ${rows}`, of: (one) => one.endToEnd, digits: 1 },
  { label: `k rows/s from the first row, first ${rows}`, of: (one) => one.fromFirstRow, digits: 1 },
  { label: `k rows/s warm, next ${rows}`, of: (one) => one.warm, digits: 1 },
  { label: `CPU µs/row of the sink, first ${rows}`, of: (one) => one.startCpu.sink, digits: 1 },
  { label: `CPU µs/row of Postgres, first ${rows}`, of: (one) => one.startCpu.postgres, digits: 1 },
  { label: `CPU µs/row of both, first ${rows}`, of: (one) => both(one.startCpu), digits: 1 },
  { label: 'CPU µs/row of the sink, warm', of: (one) => one.warmCpu.sink, digits: 1 },
  { label: 'CPU µs/row of Postgres, warm', of: (one) => one.warmCpu.postgres, digits: 1 },
  { label: 'CPU µs/row of both, warm', of: (one) => both(one.warmCpu), digits: 1 },
  { label: 'most memory resident, MB', of: (one) => one.peakResident, digits: 0 },
  { label: 'most memory by share (PSS), MB', of: (one) => one.peakProportional, digits: 0 },
];

/**
 * A Markdown table: the medians of each way, then the first way divided by each other one, as medians of the rounds'
 * ratios.
 */
export function table(rounds: Rounds, rows: number): string {
  const [ours = '', ...others] = Object.keys(rounds);
  const head = ['', ours, ...others, ...others.map((name) => `${ours} ÷ ${name}`)];
  const body = lines(rows.toLocaleString('en')).map(({ label, of, digits }) => {
    const medians = Object.values(rounds).map((all) => median(all.map(of)).toFixed(digits));
    const ratios = others.map((name) => median(ratiosOf(rounds[ours] ?? [], rounds[name] ?? [], of)));
    return [label, ...medians, ...ratios.map((ratio) => ratio.toFixed(2))];
  });
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const ratiosOf = (ours: readonly Measured[], others: readonly Measured[], of: Line['of']) =>
  ours.map((one, round) => of(one) / of(others[round] ?? one));
