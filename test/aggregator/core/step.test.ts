// The core beside a plain second implementation, over arbitrary definitions and streams: every operation, period, timeout and
// condition, both ways of records, clock changes of odd zones, changes of the definition, and restarts between any two records.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toCell } from '../../../src/aggregator/core/json.ts';
import { OpenSessions } from '../../../src/aggregator/core/open-sessions.ts';
import { compile, FieldTable, type Plan } from '../../../src/aggregator/core/plan.ts';
import { rowColumns } from '../../../src/aggregator/core/row.ts';
import { loadSession, saveSession, sessionId } from '../../../src/aggregator/core/session.ts';
import {
  type Flushed,
  flushDue,
  flushEnded,
  newState,
  type State,
  step,
  switchPlan,
} from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { PlainAggregator, type PlainCondition, type PlainDefinition, type PlainRecord } from '../plain.ts';

const FIELDS = ['a', 'b', 'n', 'm', 't'] as const;
const LABELS = ['x', 'y', 'xy', '', 'x\u0000', '\ud800', null, 1, '1', true, 'true', false];
const MINUTE = 60_000;

const amount = fc
  .tuple(fc.integer({ min: -999_999, max: 999_999 }), fc.integer({ min: 0, max: 99 }))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
const big = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String);
const label = fc.constantFrom(...LABELS);
const time = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['2024-03-31T00:59:59.999Z', '2024-03-31T01:00:00.000Z', '2024-02-29T12:00:00.000Z'],
      ...['2024-12-31T23:59:59.999Z', '2025-01-01T00:00:00.000Z', '2011-12-31T00:00:00.000Z'],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['2024-03-31T01:00:00', '2024-03-31T01:00:00.500', '2023-02-29T12:00:00.000Z', '2024-03-31'],
      ...[null, 7],
    ),
  },
);
const record = fc.record(
  {
    a: label,
    b: label,
    n: fc.oneof(amount, big, fc.integer()),
    m: fc.oneof(amount, fc.constantFrom('no', '', '007', null)),
    t: time,
  },
  { requiredKeys: ['n', 't'] },
) as fc.Arbitrary<PlainRecord>;

/** Days on which clocks of odd zones change, and a day before a month's end. */
const start = fc
  .constantFrom(
    '2024-03-30',
    '2024-10-26',
    '2011-12-28',
    '2018-11-03',
    '2010-11-06',
    '2024-04-25',
    '2024-01-30',
  )
  .map((day) => Date.parse(`${day}T12:00:00Z`));
const zone = fc.constantFrom(
  ...['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Sao_Paulo'],
  ...['Africa/Cairo', 'Antarctica/Troll', 'Asia/Kathmandu', 'UTC'],
);
const ofDay = fc.oneof(
  fc.constantFrom('00:00', '00:01', '00:30', '01:30', '02:00', '02:15', '02:30', '23:59'),
  fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
);
const timeout = fc.oneof(
  fc.record({ type: fc.constant('HOUR'), hours: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ type: fc.constant('DAY'), time: ofDay, zone }),
  fc.record({
    type: fc.constant('MONTH'),
    day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant('last' as const)),
    time: ofDay,
    zone,
  }),
  fc.record({ type: fc.constant('TIMESTAMP'), field: fc.constant('t') }),
);

const aggregate = fc
  .uniqueArray(
    fc.oneof(
      fc.tuple(fc.constantFrom('SUM', 'MIN', 'MAX', 'AVERAGE'), fc.constantFrom('n', 'n', 'n', 'm', 'a')),
      fc.tuple(fc.constantFrom('COUNT', 'CARRY_FIRST', 'CARRY_LAST'), fc.constantFrom(...FIELDS)),
    ),
    { minLength: 1, maxLength: 5, selector: ([operation, field]) => `${operation}${field}` },
  )
  .map((rows) => rows.map(([operation, field]) => ({ operation, field, as: `${operation}_${field}` })));
const number = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const limit = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.constantFrom('1.5', '3'));
const onField = fc.oneof(
  fc.record({
    field: fc.constantFrom(...FIELDS),
    type: fc.constant('number'),
    operator: number,
    value: limit,
  }),
  fc.record({
    field: fc.constantFrom(...FIELDS),
    type: fc.constant('text'),
    operator: fc.constantFrom('equals', 'not_equals', 'contains'),
    value: fc.constantFrom('x', 'y', '', '1', 'true'),
  }),
  fc.record({ field: fc.constantFrom(...FIELDS), type: fc.constant('boolean'), value: fc.boolean() }),
);
const onAggregate = fc.record({ aggregate: fc.nat(), operator: number, value: limit });

const definition: fc.Arbitrary<PlainDefinition> = fc
  .record({
    fields: fc.shuffledSubarray(['a', 'b'], { minLength: 1 }),
    periods: fc.uniqueArray(
      fc.record({ field: fc.constant('t'), period: fc.constantFrom('HOUR', 'DAY', 'MONTH', 'YEAR') }),
      { maxLength: 2, selector: ({ period }) => period },
    ),
    aggregate,
    by: fc.constantFrom('TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'END_OF_TRANSACTION', 'END_OF_STREAM'),
    timeout,
    conditions: fc.option(fc.array(fc.oneof(onAggregate, onField), { maxLength: 2 }), {
      nil: undefined,
      freq: 2,
    }),
  })
  .map(({ fields, periods, aggregate: rows, by, timeout: chosen, conditions = [] }) => ({
    group: { fields, periods },
    aggregate: rows,
    flush:
      by === 'TIMEOUT'
        ? { by, timeout: chosen, conditions: conditions.map((one, at) => conditionOf(one, at, rows)) }
        : { by },
  }));

function conditionOf(
  arbitrary: Omit<PlainCondition, 'name' | 'aggregate'> & { readonly aggregate?: number },
  at: number,
  rows: PlainDefinition['aggregate'],
): PlainCondition {
  const { aggregate: row, ...condition } = arbitrary;
  const on = row === undefined ? undefined : rows[row % rows.length]?.as;
  return { ...condition, name: `c${at}`, ...(on === undefined ? {} : { aggregate: on }) };
}

const events = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ do: fc.constant('record' as const), record }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        minutes: fc.constantFrom(1, 30, 61, 500, 1440, 31 * 1440, 180 * 1440),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'check' as const }) },
    { weight: 2, arbitrary: fc.constant({ do: 'restart' as const }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('change' as const), to: fc.nat({ max: 1 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        by: fc.constantFrom('END_OF_TRANSACTION' as const, 'END_OF_STREAM' as const),
      }),
    },
  ),
  { maxLength: 60, size: 'max' },
);

/** Both versions of one definition, which read the same cells. */
function compileAll(definitions: readonly PlainDefinition[]): { plans: Plan[]; names: readonly string[] } {
  const fields = new FieldTable();
  const plans = definitions.map((one, at) =>
    compile(checkValue({ name: 'arbitrary', ...one }, false), at + 1, fields),
  );
  return { plans, names: fields.names };
}

/** As the plain implementation tells a row. */
function rowOf({ session, type, at, condition = '' }: Flushed): object {
  const means = session.plan.aggregates.flatMap(({ operation, output }) =>
    operation === 'AVERAGE' ? [output] : [],
  );
  const columns = rowColumns({ session, type, at }).map(([name, json]) => [
    name,
    means.includes(name) ? fifteen(json) : json,
  ]);
  return {
    ...Object.fromEntries(columns),
    count: String(session.count),
    opened: String(session.createdAt),
    due: String(session.dueAt),
    flushed: `${at} ${type} ${condition}`,
  };
}

/** The first fifteen digits of a decimal, cut off, and where its point is. */
function fifteen(text: string): string {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0';
  const exponent = whole === '0' ? digits.length - fraction.length : whole.length;
  return `${text.startsWith('-') ? '-' : ''}0.${digits.slice(0, 15).padEnd(15, '0')}e${exponent}`;
}

const sorted = (rows: readonly object[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();

/** As a process that was killed between two records finds them in Postgres. */
function restarted(state: State, plans: readonly Plan[]): State {
  const planOf = ({ version }: Plan): Plan => plans[version - 1] as Plan;
  const load = (sessions: OpenSessions, into: OpenSessions): OpenSessions => {
    for (const session of sessions) into.add(loadSession(planOf(session.plan), saveSession(session)));
    return into;
  };
  const again = newState(planOf(state.plan), state.mode, state.maxSessions);
  load(state.open, again.open);
  for (const [grouping, sessions] of state.asleep)
    again.asleep.set(grouping, load(sessions, new OpenSessions()));
  return again;
}

describe('the core', () => {
  it('the core gives the rows of a plain second implementation, with restarts between any two records', () => {
    const modes = fc.constantFrom('batch' as const, 'real-time' as const);
    const most = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.tuple(definition, definition),
        modes,
        most,
        start,
        events,
        (definitions, mode, maxSessions, begin, stream) => {
          let { plans, names } = compileAll(definitions);
          let state = newState(plans[0] as Plan, mode, maxSessions);
          const plain = new PlainAggregator(definitions[0], mode === 'real-time', maxSessions);
          const rows: object[] = [];
          const ids: string[] = [];
          let aside = 0;
          let now = begin;
          const take = (flushed: readonly Flushed[]) => {
            rows.push(...flushed.map(rowOf));
            ids.push(...flushed.map(({ session }) => sessionId(session)));
            for (const { type, session } of flushed) seen.add(`${type} ${session.plan.timeout?.type ?? ''}`);
          };
          stream.forEach((event, position) => {
            if (event.do === 'wait') now += event.minutes * MINUTE;
            else if (event.do === 'restart') {
              ({ plans, names } = compileAll(definitions));
              state = restarted(state, plans);
            } else if (event.do === 'change') {
              switchPlan(state, plans[event.to] as Plan);
              plain.change(definitions[event.to] as PlainDefinition);
            } else if (event.do === 'check') {
              take(flushDue(state, now));
              plain.check(now);
            } else if (event.do === 'end') {
              take(flushEnded(state, event.by, now));
              plain.end(event.by, now);
            } else {
              const cells = names.map((name) => toCell(event.record[name]));
              const outcome = step(state, { cells, source: 't/0', position, at: now }, now);
              if ('aside' in outcome) aside += 1;
              else take(outcome.flushed);
              plain.take(event.record, now);
            }
          });
          // Checks flush in no promised order.
          expect(sorted(rows)).toEqual(sorted(plain.rows));
          expect(aside).toBe(plain.aside);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
      { numRuns: 200 },
    );
    // A property that flushes nothing would hold, too.
    expect([...seen].sort()).toEqual([
      'ALL_FILES ',
      ...['DAY', 'HOUR', 'MONTH', 'TIMESTAMP'].map((type) => `CONDITION ${type}`),
      'EACH_FILE ',
      ...['DAY', 'HOUR', 'MONTH', 'TIMESTAMP'].map((type) => `TIMEOUT ${type}`),
    ]);
  });
});
