// The one CSV inside a zip, as Kaggle offers it for download.

import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../../src/runtime/errors.ts';
import { DatasetError } from '../errors.ts';

/**
 * Looks for the CSV in a zip.
 * @throws {DatasetError} FILE_DAMAGED where it is no whole zip, ZIP_CONTENT where it holds not exactly one CSV
 */
export async function findCsv(file: string): Promise<Entry> {
  const { zip, entry } = await openCsv(file);
  zip.close();
  return entry;
}

/** Reads that CSV. Throws as findCsv() does. */
export async function* readCsv(file: string): AsyncGenerator<Buffer> {
  const { zip, entry } = await openCsv(file);
  try {
    let checksum = 0;
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) throw new Error('the checksum of its CSV differs');
  } catch (error) {
    throw damaged(file, error);
  } finally {
    zip.close();
  }
}

async function openCsv(file: string): Promise<{ zip: ZipFile; entry: Entry }> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { lazyEntries: true, autoClose: false });
    return { zip, entry: onlyCsv(await listEntries(zip), file) };
  } catch (error) {
    zip?.close();
    throw error instanceof DatasetError ? error : damaged(file, error);
  }
}

function onlyCsv(entries: readonly Entry[], file: string): Entry {
  const found = entries.filter(({ fileName }) => /\.csv$/i.test(fileName) && !isMacOs(fileName));
  const [entry] = found;
  if (entry === undefined || found.length > 1) {
    const came = found.map(({ fileName }) => fileName).join(', ') || 'no CSV file';
    throw new DatasetError(
      'ZIP_CONTENT',
      `received ${file} with ${came} in it, expected exactly one CSV file`,
    );
  }
  if (entry.isEncrypted()) {
    throw new DatasetError('ZIP_CONTENT', `received ${file} with a password, expected none`);
  }
  return entry;
}

/** AppleDouble files, which macOS adds beside each file of a zip. */
const isMacOs = (name: string) => /^__MACOSX\/|(^|\/)\._[^/]*$/.test(name);

function listEntries(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.once('end', () => resolve(entries)).once('error', reject);
    zip.readEntry();
  });
}

function damaged(file: string, error: unknown): DatasetError {
  const words = messageOf(error);
  if (/unsupported compression/.test(words))
    return new DatasetError(
      'ZIP_CONTENT',
      `received ${file}, packed in another way than usual (${words}), expected a zip with deflate`,
      error,
    );
  return new DatasetError('FILE_DAMAGED', `received ${file}, no whole zip (${words}): fetch it again`, error);
}
