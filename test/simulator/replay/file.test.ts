import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HEADER } from '../../../seed/published.ts';
import { formatOf, readInOrder } from '../../../src/simulator/replay/file.ts';
import { parseMapping } from '../../../src/simulator/replay/record.ts';
import { replicaText, zipOf } from '../../seed/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it.each([
  ['events.csv', 'csv'],
  ['EVENTS.CSV.GZ', 'csv'],
  ['product.csv.zip', 'csv'],
  ['archive.zip', 'csv'],
  ['events.tsv', 'tsv'],
  ['events.tab.gz', 'tsv'],
  ['events.ndjson', 'ndjson'],
  ['events.jsonl.gz', 'ndjson'],
  ['a.csv/events.json', 'ndjson'],
])('%s is %s by its name', (file, format) => {
  expect(formatOf(file)).toBe(format);
});

it.each(['events', 'events.gz', 'events.csv.bz2', 'csv', 'events.parquet'])('%s is refused', (file) => {
  expect(() => formatOf(file)).toThrow(
    `received ${file}, expected .csv, .tsv or .ndjson, also as .gz, or a .zip with a CSV in it`,
  );
});

const ROWS = 20;

/** How many rows a file of these bytes has. */
async function rowsIn(name: string, content: Buffer, beside: readonly string[] = []): Promise<number> {
  const folder = temporaryFolder();
  for (const other of [name, ...beside]) writeFileSync(path.join(folder, other), content);
  let rows = 0;
  for await (const some of readInOrder(path.join(folder, name), parseMapping(undefined))) rows += some.length;
  return rows;
}

describe('the rows of a file', () => {
  const text = replicaText(ROWS);

  it.each(['clicks[1].csv', 'a?.csv', "it's {a,b}.csv", '*.csv'])(
    'the rows of a file are those of %s alone',
    async (name) => {
      expect(await rowsIn(name, text, ['clicks1.csv', 'ab.csv', 'other.csv'])).toBe(ROWS);
    },
  );

  it('the rows of a file are there however it is packed, whatever its name says', async () => {
    const parts = [text.subarray(0, 300), text.subarray(300)];
    expect(await rowsIn('archive.zip', zipOf({ 'product.csv': text }))).toBe(ROWS);
    expect(await rowsIn('product.csv', gzipSync(text))).toBe(ROWS);
    expect(await rowsIn('product.csv.gz', text)).toBe(ROWS);
    expect(await rowsIn('product.csv.gz', Buffer.concat(parts.map((part) => gzipSync(part))))).toBe(ROWS);
  });

  it('the rows of a file have a time where a Date holds it, and stop nothing where it does not', async () => {
    const times = [
      '2019-01-11 09:24:43',
      '1547198683',
      '1547198683000',
      '1547198683e0',
      '2019-01-11T10:24:43+01:00',
    ];
    const none = ['infinity', '-infinity', 'nan', '1e300', '9e18', '294247-01-01', '', 'yesterday'];
    const folder = temporaryFolder();
    const file = path.join(folder, 'times.csv');
    writeFileSync(file, `n,time\n${[...times, ...none].map((time, n) => `${n},${time}`).join('\n')}\n`);
    const happened = new Map<number, number | undefined>();
    for await (const some of readInOrder(file, parseMapping(undefined)))
      for (const { row, happenedMs } of some) happened.set(Number(row.n), happenedMs);
    expect([...times, ...none].map((_, n) => happened.get(n))).toEqual([
      ...times.map(() => Date.UTC(2019, 0, 11, 9, 24, 43)),
      ...none.map(() => undefined),
    ]);
  });

  it.each([
    ['cut.csv.gz', gzipSync(text).subarray(0, 200), 'whose compressed data ends too early'],
    ['cut.ndjson.gz', gzipSync('{}\n').subarray(0, 12), 'does not unpack'],
    ['none.csv', Buffer.from(`${HEADER}\n`), /without a row, expected at least one$/],
    ['mark.csv', Buffer.from('\ufeff'), /which is empty, expected a CSV file with a header$/],
    ['none.ndjson', Buffer.alloc(0), /without a row, expected at least one$/],
    ['utf16.ndjson', Buffer.from('{}\n', 'utf16le'), 'text in UTF-16, expected lines of JSON in UTF-8'],
    ['text.zip', zipOf({ 'readme.txt': text }), 'expected exactly one CSV file'],
    [
      'latin1.csv',
      Buffer.from(text.toString().replace('mobile', 'm\u00f6bile'), 'latin1'),
      /line: \d+: .*(unicode|utf-8)/i,
    ],
    ['utf16.csv', Buffer.from(`\ufeff${text}`, 'utf16le'), 'text in UTF-16, expected CSV in UTF-8'],
  ])('%s has none, and says why', async (name, content, words) => {
    await expect(rowsIn(name, content)).rejects.toThrow(words);
  });
});
