import { expect, it } from 'vitest';
import { formatNumber, renderTable } from '../../src/runtime/table.ts';

it('renderTable sets numbers to the right and separates their thousands', () => {
  expect(
    renderTable([
      { name: 'a', rows: 1 },
      { name: 'long', rows: 12_345 },
    ]),
  ).toBe('name    rows\n────  ──────\na          1\nlong  12,345');
});

it('renderTable leaves empty what is null or missing, also where numbers stand, and ends no line with spaces', () => {
  expect(
    renderTable([{ day: '2019-01-01', rate: null }, { day: '2019-01-02', rate: 0.5 }, { day: 'x' }]),
  ).toBe('day         rate\n──────────  ────\n2019-01-01\n2019-01-02   0.5\nx');
});

it('renderTable has the columns of the first row, and says so where there is none', () => {
  expect(renderTable([{ a: true }, { a: false, b: 1 }])).toBe('a\n─────\ntrue\nfalse');
  expect(renderTable([])).toBe('(no rows)');
});

it('groupThousands separates thousands in any number', () => {
  expect([0, 999, 1_000, -8_471_220, 1_234.5].map(formatNumber)).toEqual([
    '0',
    '999',
    '1,000',
    '-8,471,220',
    '1,234.5',
  ]);
});

it('escapeControls shows control characters as escapes', () => {
  expect(renderTable([{ name: 'a\u001b[2J\n' }])).toBe(`name\n${'─'.repeat(16)}\na\\u001b[2J\\u000a`);
});
