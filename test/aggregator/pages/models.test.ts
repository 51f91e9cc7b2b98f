import { describe, expect, it } from 'vitest';
import { compile, FieldTable } from '../../../src/aggregator/core/plan.ts';
import { newState, step } from '../../../src/aggregator/core/step.ts';
import { checkValue } from '../../../src/aggregator/definition/read.ts';
import { resultPage, showColumns, showSession } from '../../../src/aggregator/pages/models.ts';
import type { KnownDefinition, KnownResult } from '../../../src/aggregator/store/overview.ts';

const HOUR = 3_600_000;
const OPENED = Date.UTC(2026, 2, 10, 12);

function openSession(hours?: number) {
  const fields = new FieldTable();
  const flush =
    hours === undefined ? { by: 'END_OF_STREAM' } : { by: 'TIMEOUT', timeout: { type: 'HOUR', hours } };
  const plan = compile(
    checkValue({
      name: 'd',
      group: { fields: ['owner'] },
      aggregate: [{ field: 'sheets', operation: 'SUM' }],
      flush,
    }),
    3,
    fields,
  );
  const state = newState(plan, hours === undefined ? 'batch' : 'real-time');
  const cells = fields.names.map((name) => (name === 'owner' ? 'anna' : '7.50'));
  step(state, { cells, source: 's', position: 0, at: OPENED }, OPENED);
  const [session] = state.open;
  if (session === undefined) throw new Error('no session is open');
  return session;
}

describe('an open session on its page', () => {
  it('an open session is shown with its columns, its times and its version', () => {
    expect(showSession(openSession(24 * 3), OPENED)).toEqual({
      columns: [
        { name: 'owner', value: 'anna' },
        { name: 'sum_sheets', value: '7.5' },
      ],
      count: 1,
      created: '2026-03-10T12:00:00.000Z',
      due: '2026-03-13T12:00:00.000Z',
      dueIn: 'in 3 days',
      version: 3,
      progress: [],
    });
  });

  it('an open session that waits for the end of its run is never due', () => {
    expect(showSession(openSession(), OPENED)).toMatchObject({ due: null, dueIn: '' });
  });

  it.each([
    [48 * HOUR, 'in 2 days'],
    [48 * HOUR - 1, 'in 47 hours'],
    [2 * HOUR, 'in 2 hours'],
    [2 * HOUR - 1, 'in 119 minutes'],
    [120_000, 'in 2 minutes'],
    [119_999, 'in 119 seconds'],
    [1_999, 'in 1 second'],
    [1, 'in 1 second'],
    [0, 'due, at the next check'],
    [-HOUR, 'due, at the next check'],
  ])('a session that is due in %d milliseconds is said to be %s', (ms, words) => {
    expect(showSession(openSession(72), OPENED + 72 * HOUR - ms).dueIn).toBe(words);
  });
});

it('the page shows text without its quotes, anything else as JSON, and of a long value its beginning', () => {
  const values = [
    '"a \\"b\\"\\n"',
    'null',
    '12345678901234567890.10',
    `"${'x'.repeat(120)}"`,
    `"${'x'.repeat(121)}"`,
  ];
  expect(showColumns(values.map((json) => ['c', json])).map(({ value }) => value)).toEqual([
    'a "b"\n',
    'null',
    '12345678901234567890.10',
    'x'.repeat(120),
    `${'x'.repeat(119)}…`,
  ]);
});

it('a long value is never cut within a character', () => {
  const [column] = showColumns([['c', JSON.stringify(`${'x'.repeat(118)}😀😀`)]]);
  expect(column?.value).toBe(`${'x'.repeat(118)}…`);
});

describe('the page of a flushed row', () => {
  const pageOf = (flush_type: string, condition: string | null, value: Buffer | null) => {
    const meta = { flush_type, condition, count: 2, version: 3, sources: ['t/0:1-2'], sources_exact: true };
    const row = `{"owner":"anna","sum_sheets":12345678901234567890.10,"meta":${JSON.stringify(meta)}}`;
    const record = {
      partition: 1,
      offset: 9_007_199_254_740_993n,
      timestamp: OPENED,
      key: null,
      headers: {},
      value,
    };
    return resultPage({
      definition: { name: 'd' } as KnownDefinition,
      result: { seq: 1, id: 'i', row, flushed_at: new Date(OPENED), run: null } as KnownResult,
      provenance: {
        sources: meta.sources,
        exact: true,
        count: 2,
        records: [record as never],
        missing: undefined,
      },
    });
  };

  it('a flushed row is shown with all digits, why it was flushed, and its meta without the sources', () => {
    const { result, meta } = pageOf('TIMEOUT', null, null);
    expect(result).toEqual({
      id: 'i',
      flushed: '2026-03-10T12:00:00.000Z',
      type: 'TIMEOUT',
      why: 'timeout',
      count: 2,
      columns: [
        { name: 'owner', value: 'anna' },
        { name: 'sum_sheets', value: '12345678901234567890.1' },
      ],
    });
    expect(meta).toEqual([
      { name: 'flush_type', value: 'TIMEOUT' },
      { name: 'condition', value: 'null' },
      { name: 'count', value: '2' },
      { name: 'version', value: '3' },
      { name: 'sources_exact', value: 'true' },
    ]);
    expect(pageOf('CONDITION', 'limit', null).result.why).toBe('limit');
    expect(pageOf('OTHER', null, null).result.why).toBe('');
  });

  it('a record behind a row is shown with its place, its order, and the beginning of a long text', () => {
    const order = '0123456789abcdef'.repeat(2);
    const text = `{"order_id":"${order}","x":"`;
    const [short] = pageOf('TIMEOUT', null, Buffer.from(`${text}"}`)).records;
    expect(short).toEqual({
      partition: 1,
      offset: '9007199254740993',
      at: '2026-03-10T12:00:00.000Z',
      text: `${text}"}`,
      event: order,
    });
    const start = text.padEnd(1_998, 'x');
    const [long] = pageOf('TIMEOUT', null, Buffer.from(`${start}😀x`)).records;
    expect(long?.text).toBe(`${start}…`);
    expect(pageOf('TIMEOUT', null, null).records).toMatchObject([{ text: '', event: undefined }]);
  });
});
