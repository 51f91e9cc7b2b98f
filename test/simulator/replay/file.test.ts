import { expect, it } from 'vitest';
import { formatOf } from '../../../src/simulator/replay/file.ts';

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
