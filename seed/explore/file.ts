// A file that DuckDB can open: the given one, or the CSV unpacked from a zip.

import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { canReadAgain, openSource } from '../csv/source.ts';

/**
 * Path of the CSV, plain or gzip.
 * @param folder where a zip is unpacked
 * @throws {DatasetError} where the file can't be read
 */
export async function explorableFile(file: string, folder: string): Promise<string> {
  const source = await openSource(file);
  // DuckDB goes by the name.
  const isNamed = /\.gz$/i.test(file) === (source.packing === 'gzip');
  if (source.packing !== 'zip' && isNamed && (await canReadAgain(file))) return file;
  const csv = path.join(folder, 'product.csv');
  await pipeline(source.chunks, createWriteStream(csv));
  return csv;
}
