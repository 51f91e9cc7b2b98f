// A file that DuckDB can open: the given one, or its CSV unpacked. DuckDB would read a gzip that is cut off as far as it goes.

import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { firstBytesOf, foreignKind } from '../../src/runtime/input-file.ts';
import { wholeLines } from '../csv/lines.ts';
import { canReadAgain, openSource } from '../csv/source.ts';
import { DatasetError, emptyFile } from '../errors.ts';

const MARK = Buffer.from('\ufeff');

/**
 * Path of the plain CSV.
 * @param folder where what is packed, or can be read once, is written
 * @throws {DatasetError} where the file can't be read, or is no text in UTF-8
 */
export async function explorableFile(file: string, folder: string): Promise<string> {
  const csv = await plainFile(file, folder);
  const first = firstBytesOf(csv);
  if (first.length === 0 || first.equals(MARK)) throw emptyFile(file);
  const kind = foreignKind(first);
  if (kind !== undefined)
    throw new DatasetError('WRONG_ENCODING', `received ${file}, ${kind}, expected CSV in UTF-8`);
  return csv;
}

async function plainFile(file: string, folder: string): Promise<string> {
  const source = await openSource(file);
  // DuckDB goes by the name.
  const isNamedPlain = !/\.gz$/i.test(file);
  if (source.packing === 'plain' && isNamedPlain && (await canReadAgain(file))) return file;
  const csv = path.join(folder, 'product.csv');
  await pipeline(wholeLines(source.chunks), createWriteStream(csv));
  return csv;
}
