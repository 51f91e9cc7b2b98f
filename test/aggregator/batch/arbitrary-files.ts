// Arbitrary CSV files for aggregations over arbitrary definitions: plain rows, and among them what a reader may stumble over.

import fc from 'fast-check';
import type { Way } from './on-file-runs.ts';

const FIELDS = ['a', 'b', 'n', 'm', 't', 'absent'] as const;
const plainNumber = fc.oneof(
  fc.integer({ min: -50, max: 50 }).map(String),
  fc.integer({ min: -5_000, max: 5_000 }).map((value) => (value / 100).toFixed(2)),
);
const oddNumber = fc.constantFrom(
  ...[
    '',
    'x',
    '0x1',
    '1e3',
    '-0',
    '+7',
    '007',
    '.5',
    '5.',
    '.',
    '-',
    '1,000',
    ' 1',
    '1.0000000',
    '0.0000000000001',
  ],
  ...[
    '999999999999999',
    '-999999999999999',
    '9007199254740993',
    '123456789012345678901234567890',
    '1e999999999',
  ],
);
const number = fc.oneof({ weight: 12, arbitrary: plainNumber }, { weight: 1, arbitrary: oddNumber });
const text = fc.constantFrom(
  'x',
  'y',
  '',
  'ü "q"',
  '1',
  '1.0',
  'two\nlines',
  'a, b',
  '\ufffd',
  'longer than a word',
);
const record = fc.record({
  a: text,
  b: fc.constantFrom('p', 'q', '007'),
  n: number,
  m: number,
  t: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('2024-01-31T23:59:59.999Z', '2024-02-29T00:59:00.000Z') },
    { weight: 1, arbitrary: fc.constantFrom('2024-02-30T00:00:00.000Z', '') },
  ),
  /** Never read. */
  note: fc.constantFrom('', 'note', '12" wide', 'a\nb,c,d,e,f,g', '"\n"'),
});
/** A CSV file, of which bytesOf() makes the bytes. */
export const arbitraryFile = fc.record({
  records: fc.array(record, { minLength: 10, maxLength: 40, size: 'max' }),
  copies: fc.integer({ min: 1, max: 4 }),
  quotes: fc.constantFrom('needed', 'all'),
  end: fc.constantFrom('\n', '\r\n'),
  raggedAt: fc.option(fc.nat(60), { nil: undefined }),
  mark: fc.boolean(),
});
export const arbitraryDefinition = fc.record({
  fields: fc.subarray(['a', 'b', 'absent'], { minLength: 1 }),
  period: fc.option(fc.constantFrom('HOUR', 'DAY', 'MONTH', 'YEAR'), { nil: undefined }),
  operations: fc.uniqueArray(
    fc.oneof(
      fc.tuple(fc.constantFrom('SUM', 'MIN', 'MAX', 'AVERAGE'), fc.constantFrom('n', 'm')),
      fc.tuple(fc.constantFrom('COUNT', 'CARRY_FIRST', 'CARRY_LAST'), fc.constantFrom(...FIELDS)),
    ),
    { minLength: 1, maxLength: 5, selector: (one) => one.join() },
  ),
  by: fc.constantFrom('END_OF_TRANSACTION', 'END_OF_STREAM'),
  most: fc.constantFrom(2, 1_000, 1_000),
});

type ArbitraryFile = typeof arbitraryFile extends fc.Arbitrary<infer T> ? T : never;

export function bytesOf({ records, copies, quotes, end, raggedAt, mark }: ArbitraryFile): Buffer {
  const cell = (value: string) =>
    quotes === 'all' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const rows = records.flatMap(({ a, b, n, m, t, note }) =>
    Array<string>(copies).fill([a, b, n, m, t, note].map(cell).join(',')),
  );
  if (raggedAt !== undefined) rows.splice(raggedAt, 0, 'x,y', '', 'x,"', '"x"y,p,1,1,,');
  const text = ['a,b,n,m,t,note', ...rows].map((row) => row + end).join('');
  const bytes = Buffer.from(mark ? `\ufeff${text}` : text);
  // Bytes that are no UTF-8 are one character to the core, whatever they are.
  for (let at = bytes.indexOf('longer'); at !== -1; at = bytes.indexOf('longer', at + 1))
    bytes[at] = 0xf0 + (at % 16);
  return bytes;
}

/** How a file is read. */
export const arbitraryWay: fc.Arbitrary<Way> = fc.record(
  {
    threads: fc.integer({ min: 1, max: 3 }),
    stretchBytes: fc.integer({ min: 50, max: 2_000 }),
    blockBytes: fc.integer({ min: 60, max: 1_000 }),
    killedAt: fc.integer({ min: 1, max: 8 }),
  },
  { requiredKeys: [] },
);
