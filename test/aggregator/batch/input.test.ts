import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/aggregator/batch/csv.ts';
import { describeInput, readInput } from '../../../src/aggregator/batch/input.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A file with this content. */
function fileOf(name: string, content: string | Buffer): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

/** What is read of `a`, what is told, and how far the file was read after each block. */
async function read(file: string) {
  const values: unknown[] = [];
  const faults: string[] = [];
  const blocks: number[] = [];
  const done = await readInput(
    describeInput(file),
    ['a'],
    (cells) => void values.push(cells[0]),
    (...fault) => void faults.push(JSON.stringify(fault)),
    async (bytes) => void blocks.push(bytes),
  ).catch((error: unknown) => error);
  return { values, faults, blocks, error: done };
}

it.each([
  ['x.csv', 'a\n1\n2\n', ['1', '2']],
  ['x.CSV', 'a\n1\n', ['1']],
  ['x.ndjson', '{"a":1}\n{"a":2}\n', [1, 2]],
  ['x.jsonl', '{"a":1}', [1]],
  ['x.json', '[{"a":1},{"a":2}]', [1, 2]],
  ['x.csv', '', []],
])('%s is read as its name says: %j', async (name, content, expected) => {
  for (const file of [fileOf(name, content), fileOf(`${name}.gz`, gzipSync(content))])
    expect(await read(file)).toMatchObject({ values: expected, faults: [], error: undefined });
});

it('a byte order mark is no part of the first column, and less than one is', async () => {
  expect((await read(fileOf('x.csv', '\ufeffa\n1\n'))).values).toEqual(['1']);
  expect((await read(fileOf('x.csv', '\ufeff'))).values).toEqual([]);
  expect((await read(fileOf('x.csv', 'a'))).error).toBeUndefined();
});

it('a driver hears how much of the file was read, at the end all of it', async () => {
  const content = `a\n${'1\n'.repeat(1_000_000)}`;
  const { values, blocks } = await read(fileOf('x.csv', content));
  expect(values).toHaveLength(1_000_000);
  expect(blocks.length).toBeGreaterThan(1);
  expect([blocks.toSorted((one, other) => one - other), blocks.at(-1)]).toEqual([blocks, content.length]);
});

it('of a gzip that is cut the whole records count, and then it is refused', async () => {
  const rows = Array.from({ length: 50_000 }, (_, index) => `${index}`);
  const zipped = gzipSync(`a\n${rows.join('\n')}\n`);
  const { values, error } = await read(fileOf('x.csv.gz', zipped.subarray(0, zipped.length / 2)));
  expect(values.length).toBeGreaterThan(1_000);
  expect(values).toEqual(rows.slice(0, values.length));
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(
    /^received a gzip that is cut or damaged \(.+\), expected a whole one$/,
  );
});

it('says of what can not be read what was expected', () => {
  const folder = path.join(temporaryFolder(), 'folder.csv');
  mkdirSync(folder);
  expect(() => describeInput('x.txt')).toThrow('received x.txt, expected a name that ends in .csv, .ndjson');
  expect(() => describeInput('csv')).toThrow(InputError);
  expect(() => describeInput('/nowhere/x.csv')).toThrow(
    "received /nowhere/x.csv, which doesn't exist, expected a file",
  );
  expect(() => describeInput(folder)).toThrow('which is no file, expected a file');
});
