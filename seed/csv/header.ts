// The first line: the dataset's header, or a message that says what the file seems to be instead.

import { DatasetError } from '../errors.ts';
import { HEADER } from '../published.ts';
import { show } from './row.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Checks the first line of a file.
 * @param text begins with the file's first line
 * @returns how many bytes the line has, its line feed included
 * @throws {DatasetError} WRONG_ENCODING or WRONG_HEADER
 */
export function checkHeader(text: Buffer, file: string): number {
  checkEncoding(text, file);
  const end = text.indexOf('\n');
  const line = end === -1 ? text : text.subarray(0, end);
  const from = line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  const header = line.subarray(from).toString('utf8').replace(/\r$/, '');
  const names = header.split(',').map((name) => name.replace(/^"(.*)"$/, '$1'));
  if (names.join(',') !== HEADER) {
    throw new DatasetError(
      'WRONG_HEADER',
      `${file}, line 1: received ${describe(header)}, expected ${HEADER}`,
    );
  }
  return end === -1 ? text.length : end + 1;
}

function checkEncoding(text: Buffer, file: string): void {
  const start = text.subarray(0, 2).toString('hex');
  if (start === 'fffe' || start === 'feff' || text.subarray(0, HEADER.length).includes(0)) {
    throw new DatasetError(
      'WRONG_ENCODING',
      `${file}: received UTF-16 or binary data, expected CSV in UTF-8`,
    );
  }
}

function describe(header: string): string {
  const wanted = HEADER.split(',');
  const delimiter = [';', '\t', '|', ' '].find((one) => header.split(one).length === wanted.length);
  if (delimiter !== undefined) return `the delimiter ${JSON.stringify(delimiter)} in ${show(header)}`;
  const names = header.split(',');
  if ([...names].sort().join() === [...wanted].sort().join())
    return `the columns in another order, ${show(header)}`;
  const missing = wanted.filter((name) => !names.includes(name));
  const lacks = missing.length > 0 && missing.length < wanted.length ? ` without ${missing.join(', ')}` : '';
  return `${show(header)}${lacks}`;
}
