import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeInput, readInput } from '../../../src/aggregator/batch/input.ts';
import { InputError, type Part, WHOLE } from '../../../src/aggregator/batch/reading.ts';
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
  const done = await readInput(describeInput(file), {
    names: ['a'],
    onRecord: ([cell]) => void values.push(cell),
    onFault: (message) => void faults.push(message),
    afterBlock: async (bytes) => void blocks.push(bytes),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
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

it.each([
  ['x.csv', Buffer.from('\ufeffa\n1\n', 'utf16le'), 'text in UTF-16, expected text in UTF-8, plain or gzip'],
  ['x.csv.gz', Buffer.from('PK\u0003\u0004'), 'a zip, expected text in UTF-8, plain or gzip'],
  ['x.csv', gzipSync('a\n1\n'), 'which is packed by gzip, expected a name that ends in .gz'],
  ['x.json.gz', Buffer.from('[]'), 'which is no gzip, expected a name without .gz'],
])('%s of other bytes is refused before a run begins', (name, bytes, reason) => {
  const file = fileOf(name, bytes);
  expect(() => describeInput(file)).toThrow(`received ${file}, ${reason}`);
});

it.each([
  ['a gzip with something behind it', Buffer.concat([gzipSync('a\n1\n'), Buffer.from('else')])],
  ['a gzip whose middle is damaged', damaged()],
])('%s is refused, and waited for no longer', async (_, bytes) => {
  const { error } = await read(fileOf('x.csv.gz', bytes));
  expect((error as Error).message).toMatch(/^received a gzip that is cut or damaged/);
});

/** Of many blocks, as random digits can't be packed. */
function damaged(): Buffer {
  const zipped = gzipSync(`a\n${randomBytes(200_000).toString('hex')}\n`, { level: 1 });
  zipped.fill(0xff, 60_000, 60_100);
  return zipped;
}

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

it('a file that is read part by part has each row once, with its line', async () => {
  const text = 'b,a\r\n1,x\n2,"y\nz"\n\n3,ä\n4,"q""q"\n5,end';
  for (const content of [text, `\ufeff${text}`]) {
    const input = describeInput(fileOf('x.csv', content));
    const readBy = async (step: number) => {
      const rows: unknown[] = [];
      const reading = {
        names: ['a'],
        onRecord: ([cell]: readonly unknown[], line: number) => void rows.push([line, cell]),
        onFault: (message: string) => void rows.push(message),
        afterBlock: async () => {},
      };
      let part: Part = { ...WHOLE, end: step };
      for (let next = await readInput(input, reading, part); next !== undefined; ) {
        if (next.byte >= input.bytes) break;
        part = { ...next, end: next.byte + step };
        next = await readInput(input, reading, part);
      }
      return rows;
    };
    const whole = await readBy(Number.POSITIVE_INFINITY);
    expect(whole).toEqual([
      [2, 'x'],
      [3, 'y\nz'],
      [6, 'ä'],
      [7, 'q"q'],
      [8, 'end'],
    ]);
    for (const step of [1, 2, 5, 11, 40]) expect([step, await readBy(step)]).toEqual([step, whole]);
  }
});

it('of what can not be read it is said what was expected', () => {
  const folder = path.join(temporaryFolder(), 'folder.csv');
  mkdirSync(folder);
  expect(() => describeInput('x.txt')).toThrow('received x.txt, expected a name that ends in .csv, .ndjson');
  expect(() => describeInput('csv')).toThrow(InputError);
  expect(() => describeInput('/nowhere/x.csv')).toThrow(
    "received /nowhere/x.csv, which doesn't exist, expected a file",
  );
  expect(() => describeInput(folder)).toThrow('which is no file, expected a file');
});

it('a record that is nested deeper than there is stack is told, and the others are read', async () => {
  const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const fault = expect.stringContaining('it is nested more than 1,000 levels deep');
  for (const [name, content] of [
    ['x.ndjson', `${deep}\n{"a":1}\n`],
    ['x.json', `[${deep},{"a":1}]`],
  ] as const)
    expect(await read(fileOf(name, content))).toMatchObject({ values: [1], faults: [fault] });
});
