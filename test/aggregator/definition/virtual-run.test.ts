import { describe, expect, it } from 'vitest';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { runTests } from '../../../src/aggregator/definition/virtual-run.ts';

/** What fails of a test with these steps. */
function failures(steps: readonly object[], changes: object = {}): readonly string[] {
  const definition = checkValue({
    name: 'd',
    group: { fields: ['a'] },
    aggregate: [{ field: 'n', operation: 'SUM' }],
    flush: { by: 'TIMEOUT', timeout: { type: 'HOUR', hours: 1 } },
    tests: [{ name: 'test', clock: '2024-01-01T00:00:00Z', steps }],
    ...changes,
  });
  return runTests(definition).flatMap((outcome) => outcome.failures);
}
const record = { a: 'x', n: 1 };
const due = '2024-01-01T01:00:00Z';

it('a definition without tests fails none', () => {
  expect(
    runTests(
      checkValue({
        ...JSON.parse('{"name":"d","group":{"fields":["a"]},"flush":{"by":"END_OF_STREAM"}}'),
        aggregate: [{ operation: 'COUNT' }],
      }),
    ),
  ).toEqual([]);
});

describe('a step', () => {
  it("a test's step passes where the rows that it flushes are the expected ones, in any order", () => {
    const records = [record, { a: 'y', n: '2.50' }];
    expect(
      failures([
        { records, expect: [] },
        { clock: due, expect: [{ a: 'y', sum_n: 2.5 }, { a: 'x' }] },
      ]),
    ).toEqual([]);
  });

  it('a step that fails tells by its number which rows came not, and which came instead', () => {
    const [missing, extra, ...others] = failures([
      { records: [record] },
      { clock: due, expect: [{ a: 'x', sum_n: 2 }] },
    ]);
    expect(missing).toBe('step 2: not flushed: {"a":"x","sum_n":2}');
    expect(extra).toMatch(/^step 2: not expected: \{a: "x", sum_n: 1, id: /);
    expect(others).toEqual([]);
  });

  it('two expected rows that are alike need two flushed ones', () => {
    expect(failures([{ records: [record] }, { clock: due, expect: [{ a: 'x' }, { a: 'x' }] }])).toEqual([
      'step 2: not flushed: {"a":"x"}',
    ]);
  });

  it('a step of the clock flushes what is due at its moment, and not a moment before', () => {
    expect(
      failures([
        { records: [record] },
        { clock: '2024-01-01T00:59:59.999Z', expect: [] },
        { clock: due, expect: [{ due_at: due, flush_type: 'TIMEOUT', count: 1 }] },
      ]),
    ).toEqual([]);
  });

  it('a step tells of records that were set aside where none was expected to be, and the other way round', () => {
    expect(failures([{ records: [{ a: 'x', n: 'no' }] }])).toEqual([
      expect.stringMatching(/^step 1: expected 0 records set aside, 1 were: n: received "no"/),
    ]);
    expect(failures([{ records: [record], set_aside: 1 }])).toEqual([
      'step 1: expected 1 records set aside, 0 were: ',
    ]);
    expect(failures([{ records: [{ a: 'x' }], set_aside: 1 }])).toEqual([]);
  });
});

it('a run over files flushes with each of them, or at the end', () => {
  const file = { file: 'one.csv', records: [record, record] };
  const expected = { sum_n: 2, flush_type: 'EACH_FILE', sources: ['one.csv:1-2'] };
  expect(
    failures(
      [
        { ...file, expect: [expected] },
        { end: 'stream', expect: [] },
      ],
      { flush: { by: 'END_OF_TRANSACTION' } },
    ),
  ).toEqual([]);
  expect(
    failures(
      [
        { ...file, expect: [] },
        { end: 'stream', expect: [{ sum_n: 2, flush_type: 'ALL_FILES' }] },
      ],
      {
        flush: { by: 'END_OF_STREAM' },
      },
    ),
  ).toEqual([]);
});

it('sessions of another grouping sleep until it comes again', () => {
  expect(
    failures([
      { records: [record] },
      { group: ['b'], records: [{ b: 'z', n: 5 }] },
      { clock: due, expect: [{ b: 'z', sum_n: 5, version: 2 }] },
      { group: ['a'] },
      { clock: '2024-01-01T01:00:01Z', expect: [{ a: 'x', sum_n: 1, version: 1 }] },
    ]),
  ).toEqual([]);
});

it.each(['constructor', 'toString', '__proto__'])(
  'a field named %s is missing where a record does not have it',
  (name) => {
    const group = { fields: [name] };
    const steps = [{ records: [{ n: 1 }, { n: 2 }] }, { clock: due, expect: [{ sum_n: 3, count: 2 }] }];
    expect(failures(steps, { group })).toEqual([]);
    expect(
      failures([{ records: [{ [name]: 'x', n: 1 }] }, { clock: due, expect: [{ [name]: 'x' }] }], { group }),
    ).toEqual([]);
  },
);
