// The one CSV inside a zip, as Kaggle hands it out.

import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { DatasetError } from '../errors.ts';

/**
 * Opens the CSV in a zip.
 * @returns its text, and how many bytes that has
 * @throws {DatasetError} FILE_DAMAGED where it is no whole zip, ZIP_CONTENT where it holds not exactly one CSV
 */
export async function openZip(file: string): Promise<{ text: Readable; size: number }> {
  const zip = await openArchive(file);
  try {
    const entries = (await listEntries(zip)).filter(({ fileName }) => /\.csv$/i.test(fileName));
    const [entry] = entries;
    if (entry === undefined || entries.length > 1) {
      const came = entries.map(({ fileName }) => fileName).join(', ') || 'no CSV file';
      throw new DatasetError(
        'ZIP_CONTENT',
        `received ${file} with ${came} in it, expected exactly one CSV file`,
      );
    }
    if (entry.isEncrypted()) {
      throw new DatasetError('ZIP_CONTENT', `received ${file} with a password, expected none`);
    }
    const text = await zip.openReadStreamPromise(entry);
    text.once('close', () => zip.close());
    return { text, size: entry.uncompressedSize };
  } catch (error) {
    zip.close();
    throw error instanceof DatasetError ? error : damagedZip(file, error);
  }
}

async function openArchive(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw damagedZip(file, error);
  }
}

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

/** What yauzl says of a zip that ends too early or has been tampered with. */
export function damagedZip(file: string, error: unknown): DatasetError {
  const words = error instanceof Error ? error.message : String(error);
  return new DatasetError('FILE_DAMAGED', `received ${file}, no whole zip (${words}): fetch it again`, error);
}
