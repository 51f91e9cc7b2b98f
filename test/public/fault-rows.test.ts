import { expect, it } from 'vitest';
import { script } from './script.ts';

type Period = { readonly name: string; readonly from: number; readonly to: number; readonly runs: boolean };
const { periodsIn, periodWords } = await script<{
  periodsIn(rows: readonly object[], from: number, to: number, now: number): readonly Period[];
  periodWords(timeZone: string): (period: Period, now: number) => string;
}>('fault-rows.js');

const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
const NOW = at('12:00:00');
const row = (from: string, to: string | null, more: object = {}) => ({
  source: 'pipeline',
  fault: 'kafka: slow',
  share: null,
  from: `2026-03-02T${from}Z`,
  to: to === null ? null : `2026-03-02T${to}Z`,
  ...more,
});

it('a period is shown where it reaches into the range, and one that runs reaches as far as now', () => {
  const rows = [row('11:59:00', null), row('11:00:00', '11:30:00'), row('09:00:00', '10:00:00')];
  const shown = (from: string, to: string) =>
    periodsIn(rows, at(from), at(to), NOW).map((period) => [period.from, period.to, period.runs]);
  expect(shown('11:30:00', '12:00:00')).toEqual([
    [at('11:59:00'), NOW, true],
    [at('11:00:00'), at('11:30:00'), false],
  ]);
  expect(shown('10:00:00', '11:00:00')).toEqual([[at('09:00:00'), at('10:00:00'), false]]);
  expect(shown('10:00:01', '11:00:00')).toEqual([]);
});

it('a fault of the simulator is named with its share, another one as it is', () => {
  const rows = [row('11:00:00', null, { fault: 'late-events', share: 0.025 }), row('11:00:00', null)];
  expect(periodsIn(rows, at('11:00:00'), NOW, NOW).map(({ name }) => name)).toEqual([
    'late events 2.5%',
    'kafka: slow',
  ]);
});

it.each([
  ['11:00:00', '11:05:00', false, NOW, '12:00–12:05'],
  ['11:00:00', '11:00:59', false, NOW, '12:00'],
  ['11:00:00', '12:00:00', true, NOW, '12:00–now'],
  ['11:00:00', '11:05:00', false, NOW + 23 * 3_600_000, '2 Mar, 12:00–12:05'],
])('a period from %s to %s (runs: %s) is told in the shop’s zone', (from, to, runs, now, words) => {
  expect(periodWords('Europe/Berlin')({ name: '', from: at(from), to: at(to), runs }, now)).toBe(words);
});
