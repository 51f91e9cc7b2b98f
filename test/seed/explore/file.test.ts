import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { explorableFile } from '../../../seed/explore/file.ts';
import { HEADER } from '../../../seed/published.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fileOf, zipOf } from '../support.ts';

const TEXT = `${HEADER}\nx\n`;

it('a plain file is explored as it is, without a copy', async () => {
  const folder = temporaryFolder();
  const file = await fileOf(TEXT, 'plain.csv');
  expect(await explorableFile(file, folder)).toBe(file);
  expect(existsSync(path.join(folder, 'product.csv'))).toBe(false);
});

it.each([
  ['gzip', 'a.csv.gz', gzipSync(TEXT)],
  ['gzip by another name', 'b.csv', gzipSync(TEXT)],
  ['zip', 'c.zip', zipOf({ 'product.csv': Buffer.from(TEXT) })],
  ['plain text that is named as gzip', 'd.csv.gz', Buffer.from(TEXT)],
])('%s is unpacked into the folder, under a name that says what it is', async (_, name, content) => {
  const folder = temporaryFolder();
  const csv = await explorableFile(await fileOf(content, name), folder);
  expect(csv).toBe(path.join(folder, 'product.csv'));
  expect(readFileSync(csv, 'utf8')).toBe(TEXT);
});

it.each([
  ['an empty file', Buffer.alloc(0), 'FILE_EMPTY'],
  ['nothing but a byte order mark', Buffer.from('\ufeff'), 'FILE_EMPTY'],
  ['gzip of nothing', gzipSync(''), 'FILE_EMPTY'],
  ['text in UTF-16', Buffer.from(TEXT, 'utf16le'), 'WRONG_ENCODING'],
  ['gzip of text in UTF-16', gzipSync(Buffer.from(`\ufeff${TEXT}`, 'utf16le')), 'WRONG_ENCODING'],
])('%s is refused', async (_, content, code) => {
  await expect(explorableFile(await fileOf(content), temporaryFolder())).rejects.toMatchObject({ code });
});
