// The ledger of a run beside what Kafka and Postgres have: what is as it should be says nothing, and each difference names its record.

import { describe, expect, it } from 'vitest';
import { compare } from '../../../src/simulator/ledger/compare.ts';
import type { LedgerEntry, LedgerHead } from '../../../src/simulator/ledger/entry.ts';
import type { SetAside, StoredRow } from '../../../src/simulator/ledger/rows.ts';
import type { RecordPlace } from '../../../src/simulator/ledger/topic.ts';

const HEAD: LedgerHead = {
  run: 'r',
  version: '1',
  command: '',
  target: 'kafka',
  topic: 'ecommerce',
  cluster: 'c',
  from: {},
};

const entry = (n: number, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  n,
  order_id: `order-${n}`,
  at: 0,
  faults: [],
  expect: 'stored',
  content: 'said',
  time: 1_000,
  ...changes,
});
const place = (offset: number): RecordPlace => ({ partition: 0, offset: String(offset) });
const row = (offset: number, changes: Partial<StoredRow> = {}): StoredRow => ({
  ...place(offset),
  content: 'said',
  time: 1_000,
  ...changes,
});
const aside = (offset: number, code: string, poison: string | null = null): SetAside => ({
  ...place(offset),
  code,
  poison,
});

type Evidence = {
  readonly found?: Readonly<Record<string, readonly RecordPlace[]>>;
  readonly rows?: Readonly<Record<string, StoredRow>>;
  readonly setAside?: readonly SetAside[];
};

/** Compares entries, of a run that came to its end unless told otherwise. */
function of(
  entries: readonly LedgerEntry[],
  { found = {}, rows = {}, setAside = [] }: Evidence,
  { ended = true, target = 'kafka' }: { ended?: boolean; target?: LedgerHead['target'] } = {},
) {
  const evidence = { found: new Map(Object.entries(found)), rows: new Map(Object.entries(rows)), setAside };
  return compare({ head: { ...HEAD, target }, entries, ended }, evidence);
}

describe('a ledger that Kafka and Postgres agree with', () => {
  it('a ledger that Kafka and Postgres agree with has no differences, and counts what became of each record', () => {
    const entries = [
      entry(1),
      entry(2, { order_id: 'order-1', expect: 'duplicate' }),
      entry(3, { expect: 'not_json' }),
      entry(4, { expect: 'undecodable' }),
      entry(6, { order_id: null }),
    ];
    const { differences, counted } = of(entries, {
      found: { 1: [place(10)], 2: [place(11)], 3: [place(12)] },
      rows: { 'order-1': row(10) },
      setAside: [aside(12, 'not_json'), aside(13, 'undecodable', '4')],
    });
    expect(differences).toEqual([]);
    expect(counted).toEqual({
      stored: 1,
      duplicate: 1,
      setAside: new Map([
        ['not_json', 1],
        ['undecodable', 1],
      ]),
    });
  });

  it('a ledger that Kafka and Postgres agree with knows the shop’s records by their events, and what went past the shop by its number', () => {
    const { differences, counted } = of(
      [entry(1), entry(2, { expect: 'not_json' })],
      {
        found: { 'order-1': [place(10)], 2: [place(12)] },
        rows: { 'order-1': row(10) },
        setAside: [aside(12, 'not_json')],
      },
      { target: 'http' },
    );
    expect(differences).toEqual([]);
    expect(counted).toEqual({ stored: 1, duplicate: 0, setAside: new Map([['not_json', 1]]) });
  });

  it('a ledger that Kafka and Postgres agree with may have a record in Kafka twice, whichever of the two became the row', () => {
    for (const offset of [10, 20]) {
      const { differences, counted } = of([entry(1)], {
        found: { 1: [place(10), place(20)] },
        rows: { 'order-1': row(offset) },
      });
      expect([differences, counted.stored]).toEqual([[], 1]);
    }
  });

  it('a ledger that Kafka and Postgres agree with takes the row of the copy that came first for a copy', () => {
    const entries = [entry(1), entry(2, { order_id: 'order-1', expect: 'duplicate' })];
    const found = { 1: [place(20)], 2: [place(10)] };
    expect(of(entries, { found, rows: { 'order-1': row(10) } }).differences).toEqual([]);
  });

  it('a ledger that Kafka and Postgres agree with finds records of the shop by their order_id, and takes the time that the shop gave', () => {
    const { differences } = of(
      [entry(1, { time: 0 })],
      { found: { 'order-1': [place(5)] }, rows: { 'order-1': row(5, { time: 7 }) } },
      { target: 'http' },
    );
    expect(differences).toEqual([]);
  });
});

describe('a difference', () => {
  const whole = { found: { 1: [place(10)] }, rows: { 'order-1': row(10) } };
  it.each<[string, LedgerEntry, Evidence, string]>([
    ['a record lost by Kafka', entry(1), { rows: whole.rows }, 'is not in Kafka'],
    ['a row lost', entry(1), { found: whole.found }, 'is not in the table, expected a row'],
    [
      'a record that is not where it was acknowledged',
      entry(1, { partition: 0, offset: '9' }),
      whole,
      'was acknowledged at 0/9, and is not there in Kafka',
    ],
    [
      'a row that says something else',
      entry(1),
      { ...whole, rows: { 'order-1': row(10, { content: 'other' }) } },
      'its row differs from the event',
    ],
    [
      'a row of another time',
      entry(1),
      { ...whole, rows: { 'order-1': row(10, { time: 2_000 }) } },
      'its row has the time 1970-01-01T00:00:02.000Z, expected 1970-01-01T00:00:01.000Z',
    ],
    [
      'a row from elsewhere',
      entry(1),
      { ...whole, rows: { 'order-1': row(11) } },
      'its row has the origin 0/11, where Kafka does not have it',
    ],
    [
      'a good record set aside',
      entry(1),
      { ...whole, setAside: [aside(10, 'not_json')] },
      'at 0/10: was set aside as not_json, expected stored',
    ],
    [
      'a bad record that was not set aside',
      entry(1, { expect: 'not_json' }),
      { found: whole.found },
      'at 0/10: was not set aside, expected not_json',
    ],
    [
      'a bad record set aside as something else',
      entry(1, { expect: 'not_json' }),
      { found: whole.found, setAside: [aside(10, 'empty')] },
      'at 0/10: was set aside as empty, expected not_json',
    ],
    [
      'a bad record that is a row',
      entry(1, { expect: 'not_json' }),
      { ...whole, setAside: [aside(10, 'not_json')] },
      'is a row, expected not_json',
    ],
    [
      'a batch that was not set aside',
      entry(1, { expect: 'undecodable' }),
      {},
      'its batch was not set aside',
    ],
  ])('a difference between ledger and stores is told: %s', (_, one, evidence, text) => {
    expect(of([one], evidence).differences).toEqual([`n 1 (order-1): ${text}`]);
  });

  it('a record that nobody sent is a difference, unless the run was killed before it could write it down', () => {
    const evidence: Evidence = { found: { 7: [place(1)] }, setAside: [aside(2, 'undecodable', '8')] };
    expect(of([], evidence).differences).toEqual([
      'n 7: is in Kafka, and not in the ledger',
      'n 8: is in Kafka, and not in the ledger',
    ]);
    expect(of([], evidence, { ended: false }).differences).toEqual([]);
  });
});
