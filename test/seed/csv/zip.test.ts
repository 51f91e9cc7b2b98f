import { expect, it } from 'vitest';
import { findCsv, readCsv } from '../../../seed/csv/zip.ts';
import { gather } from '../../support/gather.ts';
import { fileOf, replicaText, zipOf } from '../support.ts';

const text = replicaText(200);
const notes = Buffer.from('notes');
const read = async (zip: Buffer) => Buffer.concat(await gather(readCsv(await fileOf(zip))));

it.each([
  ['alone', { 'product.csv': text }],
  ['with its name in capitals', { 'PRODUCT.CSV': text }],
  ['in a folder, beside other files', { 'readme.txt': notes, 'archive/product.csv': text }],
  ['beside what macOS adds', { 'product.csv': text, '__MACOSX/._product.csv': notes }],
  ['after what macOS adds to its folder', { 'a/._product.csv': notes, 'a/product.csv': text }],
])('readCsv reads the one CSV: %s', async (_, files) => {
  expect((await read(zipOf(files))).equals(text)).toBe(true);
});

it('readCsv says how long the CSV is before it is read', async () => {
  expect(await findCsv(await fileOf(zipOf({ 'product.csv': text })))).toMatchObject({
    uncompressedSize: text.length,
  });
});

it.each([
  ['without a file', {}, 'with no CSV file in it'],
  ['without a CSV', { 'a.txt': text, 'csv/b.csv.bak': text }, 'with no CSV file in it'],
  ['with two', { 'a.csv': text, 'b.csv': text }, 'with a.csv, b.csv in it, expected exactly one CSV file'],
])('readCsv refuses a zip %s', async (_, files: Record<string, Buffer>, words) => {
  await expect(findCsv(await fileOf(zipOf(files)))).rejects.toMatchObject({
    code: 'ZIP_CONTENT',
    message: expect.stringContaining(words),
  });
});

it('readCsv says of a CSV that is packed in another way that the zip is whole', async () => {
  const zip = zipOf({ 'product.csv': text });
  // bzip2, in the local header and in the directory.
  zip.writeUInt16LE(12, 8);
  zip.writeUInt16LE(12, zip.indexOf('PK\x01\x02') + 10);
  await expect(read(zip)).rejects.toMatchObject({
    code: 'ZIP_CONTENT',
    message: expect.stringContaining('expected a zip with deflate'),
  });
});

it('readCsv refuses a CSV behind a password', async () => {
  const zip = zipOf({ 'product.csv': text });
  // Bit 0 of the general purpose flags, in the local header and in the directory.
  zip.writeUInt16LE(1, 6);
  zip.writeUInt16LE(1, zip.indexOf('PK\x01\x02') + 8);
  await expect(findCsv(await fileOf(zip))).rejects.toMatchObject({
    code: 'ZIP_CONTENT',
    message: expect.stringContaining('with a password, expected none'),
  });
});

it.each([
  ['that ends within its directory', (zip: Buffer) => zip.subarray(0, -10)],
  ['that ends within its data', (zip: Buffer) => zip.subarray(0, 100)],
  [
    'whose checksum differs',
    (zip: Buffer) => {
      const at = zip.indexOf('PK\x01\x02') + 16;
      zip.writeUInt8(zip.readUInt8(at) ^ 1, at);
      return zip;
    },
  ],
  ['whose data is other than it was', (zip: Buffer) => zip.fill(0xff, 60, 90)],
])('readCsv refuses a zip %s as damaged', async (_, damage) => {
  await expect(read(damage(zipOf({ 'product.csv': text })))).rejects.toMatchObject({
    code: 'FILE_DAMAGED',
    message: expect.stringMatching(/no whole zip \(.+\): fetch it again$/),
  });
});
