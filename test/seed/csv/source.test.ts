// What the text may come packed in, and the files that are refused before they are read.

import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { canReadAgain, openSource, shareOf } from '../../../seed/csv/source.ts';
import { gather } from '../../support/gather.ts';
import { fileOf, replicaText, zipOf } from '../support.ts';

const text = replicaText(2_000);

it.each([
  ['plain', text, text.length],
  ['gzip', gzipSync(text), gzipSync(text).length],
  ['zip', zipOf({ 'product.csv': text }), text.length],
])('openSource reads %s by what the file is, whatever its name', async (packing, content, size) => {
  const file = await fileOf(content, `${packing}.data`);
  const source = await openSource(file);
  expect(source).toMatchObject({ name: `${packing}.data`, packing, size });
  expect(Buffer.concat(await gather(source.chunks)).equals(text)).toBe(true);
});

it.each([
  ['plain', text],
  ['gzip', gzipSync(text)],
  ['zip', zipOf({ 'product.csv': text })],
])('openSource tells how much of %s is taken, up to all of it', async (_, content) => {
  const source = await openSource(await fileOf(content));
  expect(shareOf(source)).toBe(0);
  for await (const _ of source.chunks) expect(source.taken()).toBeLessThanOrEqual(source.size ?? 0);
  expect(source.taken()).toBe(source.size);
  expect(shareOf(source)).toBe(1);
});

it('openSource knows no share of a source without a size, and never more than all of one that grows', () => {
  const source = { name: '', packing: 'plain', taken: () => 30, chunks: nothing() } as const;
  expect(shareOf({ ...source, size: undefined })).toBeUndefined();
  expect(shareOf({ ...source, size: 20 })).toBe(1);
});

async function* nothing(): AsyncGenerator<Buffer> {}

it('openSource opens no file before the first bytes are asked for, which a file of one byte has too', async () => {
  const source = await openSource(await fileOf('x'));
  expect(String(Buffer.concat(await gather(source.chunks)))).toBe('x');
});

it('openSource can read a file again, and standard input once', async () => {
  expect(await canReadAgain(await fileOf('x'))).toBe(true);
  expect(await canReadAgain('-')).toBe(false);
  await expect(canReadAgain('/nowhere/product.csv')).rejects.toMatchObject({ code: 'FILE_MISSING' });
});

it.each([
  ['that does not exist', '/nowhere/product.csv', 'FILE_MISSING'],
  ['below a file', `${path.resolve('package.json')}/product.csv`, 'FILE_MISSING'],
  ['that is a folder', tmpdir(), 'FILE_IS_FOLDER'],
])('openSource refuses a path %s by its name', async (_, file, code) => {
  await expect(openSource(file)).rejects.toMatchObject({ code, message: expect.stringContaining(file) });
});

it('openSource refuses an empty file', async () => {
  await expect(openSource(await fileOf(''))).rejects.toMatchObject({ code: 'FILE_EMPTY' });
});
