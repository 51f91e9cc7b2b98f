import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
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

  it.each(['clicks[1].csv', 'a?.csv', "it's {a,b}.csv", '*.csv'])('are those of %s alone', async (name) => {
    expect(await rowsIn(name, text, ['clicks1.csv', 'ab.csv', 'other.csv'])).toBe(ROWS);
  });

  it('are there however it is packed, whatever its name says', async () => {
    const parts = [text.subarray(0, 300), text.subarray(300)];
    expect(await rowsIn('archive.zip', zipOf({ 'product.csv': text }))).toBe(ROWS);
    expect(await rowsIn('product.csv', gzipSync(text))).toBe(ROWS);
    expect(await rowsIn('product.csv.gz', Buffer.concat(parts.map((part) => gzipSync(part))))).toBe(ROWS);
  });

  it.each([
    ['cut.csv.gz', gzipSync(text).subarray(0, 200), 'does not unpack'],
    ['plain.csv.gz', text, 'does not unpack'],
    ['text.zip', zipOf({ 'readme.txt': text }), 'expected exactly one CSV file'],
    ['utf16.csv', Buffer.from(`\ufeff${text}`, 'utf16le'), "can't be read as csv"],
  ])('%s has none, and says why', async (name, content, words) => {
    await expect(rowsIn(name, content)).rejects.toThrow(words);
  });
});
