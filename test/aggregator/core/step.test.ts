// The core beside a plain second implementation, over arbitrary definitions and streams, with a restart at any record.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCell } from '../../../src/aggregator/core/json.ts';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { rowColumns } from '../../../src/aggregator/core/row.ts';
import { loadSession, saveSession, sessionId } from '../../../src/aggregator/core/session.ts';
import { type Flushed, flushDue, newState, type State, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { PlainAggregator, type PlainRecord } from '../plain.ts';

const FIELDS = ['a', 'b', 'n', 'm'] as const;
const amount = fc
  .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 99 }))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
const big = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String);
const label = fc.constantFrom('x', 'y', '', 'x\u0000', '\ud800', null, 1, '1', true, 'true');
const record = fc.record(
  {
    a: label,
    b: label,
    n: fc.oneof(amount, big, fc.integer()),
    m: fc.oneof(amount, fc.constantFrom('no', '', null)),
  },
  { requiredKeys: ['n'] },
) as fc.Arbitrary<PlainRecord>;
const events = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('record' as const), record }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        minutes: fc.constantFrom(1, 30, 61, 500, 180 * 1440),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'check' as const }) },
    { weight: 2, arbitrary: fc.constant({ do: 'restart' as const }) },
  ),
  { maxLength: 60 },
);
const definitions = fc.record({
  group: fc.subarray(['a', 'b'], { minLength: 1 }),
  operations: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom('SUM', 'MIN', 'MAX', 'COUNT', 'CARRY_FIRST', 'CARRY_LAST'),
      fc.constantFrom(...FIELDS),
    ),
    { minLength: 1, maxLength: 5, selector: ([operation, field]) => `${operation}${field}` },
  ),
  hours: fc.integer({ min: 1, max: 9 }),
  limit: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});

const isNumeric = (operation: string) => ['SUM', 'MIN', 'MAX'].includes(operation);

function rowText(one: Flushed): string {
  const columns = new Map(rowColumns(one));
  const key = `[${one.session.plan.group.map(({ field }) => columns.get(field)).join(',')}]`;
  const outputs = one.session.plan.aggregates.map(({ output }) => [output, columns.get(output)]);
  return JSON.stringify({ key, ...Object.fromEntries(outputs), type: one.type });
}

/** As a process that was killed between two records finds them in Postgres. */
function restarted(state: State): State {
  const again = newState(state.plan, state.mode);
  for (const session of state.open) again.open.add(loadSession(state.plan, saveSession(session)));
  return again;
}

describe('the core', () => {
  it('gives the rows of a plain second implementation, with restarts between any two records', () => {
    fc.assert(
      fc.property(definitions, events, ({ group, operations, hours, limit }, stream) => {
        const aggregate = operations.map(([operation, field]) => ({
          operation,
          field,
          as: `${operation}_${field}`,
        }));
        // A condition needs an output that is a number for sure.
        const counted = aggregate.find(({ operation }) => operation === 'COUNT' || isNumeric(operation));
        const on =
          limit === undefined || counted === undefined ? undefined : { aggregate: counted.as, value: limit };
        const definition = checkValue({
          name: 'arbitrary',
          group: { fields: group },
          aggregate,
          flush: {
            by: 'TIMEOUT',
            timeout: { type: 'HOUR', hours },
            ...(on === undefined ? {} : { conditions: [{ name: 'limit', ...on, operator: '>=' }] }),
          },
        });
        const fields = new FieldTable();
        let state = newState(compile(definition, 1, fields), 'real-time');
        const plain = new PlainAggregator({ group, aggregate, hours, limit: on });
        const rows: string[] = [];
        const ids: string[] = [];
        let aside = 0;
        let now = Date.UTC(2024, 0, 1);
        const take = (flushed: readonly Flushed[]) => {
          rows.push(...flushed.map(rowText));
          ids.push(...flushed.map(({ session }) => sessionId(session)));
        };
        stream.forEach((event, position) => {
          if (event.do === 'wait') now += event.minutes * 60_000;
          else if (event.do === 'restart') state = restarted(state);
          else if (event.do === 'check') {
            take(flushDue(state, now));
            plain.check(now);
          } else {
            const cells = fields.names.map((name) => toCell(event.record[name]));
            const outcome = step(state, { cells, source: 't/0', position, at: now }, now);
            if ('aside' in outcome) aside += 1;
            else take(outcome.flushed);
            plain.take(event.record, now);
          }
        });
        // Checks flush in no promised order.
        expect(rows.sort()).toEqual(plain.rows.sort());
        expect(aside).toBe(plain.aside);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 500 },
    );
  });
});
