import { describe, expect, it } from 'vitest';
import { readCell } from '../../../src/aggregator/core/json.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { metaColumns, rowColumns, writeRow } from '../../../src/aggregator/core/row.ts';
import { sessionId } from '../../../src/aggregator/core/session.ts';
import { type Flushed, newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';

const CREATED = Date.parse('2024-01-31T12:00:00Z');

/** The row of records that lie at these places. */
function flushed(positions: readonly number[], ending: Partial<Flushed> = {}): Flushed {
  const fields = new FieldTable();
  const plan = compile(
    checkValue({
      name: 'calls',
      group: { fields: ['region', 'caller'], periods: [{ field: 'time', period: 'MONTH' }] },
      aggregate: [
        { field: 'cost', operation: 'SUM' },
        { operation: 'COUNT' },
        { field: 'note', operation: 'CARRY_FIRST' },
      ],
      flush: { by: 'END_OF_STREAM' },
    }),
    3,
    fields,
  );
  const values = new Map([
    ['region', '"south"'],
    ['caller', '9007199254740993'],
    ['time', '"2024-01-31T23:59:59.999Z"'],
    ['cost', '0.1'],
  ]);
  const cells = fields.names.map((name) => readCell(values.get(name) ?? 'null'));
  const state = newState(plan, 'batch');
  for (const position of positions)
    step(state, { cells, source: 'a.csv', position, at: CREATED + position }, CREATED);
  const [session] = state.open;
  if (session === undefined) throw new Error('no session was opened');
  return { session, type: 'ALL_FILES', at: CREATED + 60_000, ...ending };
}
const metaOf = (row: Flushed) => JSON.parse(JSON.stringify(Object.fromEntries(metaColumns(row))));

it('a row has group fields, period starts and outputs in the order of the definition, with all digits', () => {
  expect(rowColumns(flushed([1, 2, 3]))).toEqual([
    ['region', '"south"'],
    ['caller', '9007199254740993'],
    ['month_time', '"2024-01-01T00:00:00.000Z"'],
    ['sum_cost', '0.3'],
    ['count', '3'],
    ['carry_first_note', 'null'],
  ]);
});

describe('its meta', () => {
  it("a row's meta says what it came from, when, and why", () => {
    const row = flushed([1, 2, 3, 9], { type: 'CONDITION', condition: 'a "limit"' });
    expect(metaOf(row)).toEqual({
      id: JSON.stringify(sessionId(row.session)),
      definition: '"calls"',
      version: '3',
      count: '4',
      first_event: '"2024-01-31T12:00:00.001Z"',
      last_event: '"2024-01-31T12:00:00.009Z"',
      created_at: '"2024-01-31T12:00:00.000Z"',
      due_at: 'null',
      flushed_at: '"2024-01-31T12:01:00.000Z"',
      flush_type: '"CONDITION"',
      condition: '"a \\"limit\\""',
      sources: '["a.csv:1-3","a.csv:9"]',
      sources_exact: 'true',
    });
  });

  it("a row's meta has no condition where none was met, and the time of each row where rows differ", () => {
    expect(metaOf(flushed([1])).condition).toBe('null');
    expect(metaOf(flushed([1], { at: CREATED + 1 })).flushed_at).toBe('"2024-01-31T12:00:00.001Z"');
    expect(metaOf(flushed([1], { at: CREATED + 2 })).flushed_at).toBe('"2024-01-31T12:00:00.002Z"');
  });
});

it('a row is one line of JSON, with meta behind the columns', () => {
  const line = writeRow(flushed([1]));
  expect(line).not.toContain('\n');
  expect(Object.keys(JSON.parse(line))).toEqual([
    ...['region', 'caller', 'month_time', 'sum_cost', 'count', 'carry_first_note', 'meta'],
  ]);
  expect(line).toContain('"caller":9007199254740993,');
});
