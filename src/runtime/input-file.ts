// Files that somebody names to be read as text: what their first bytes say that they are instead, and why one can't be opened.

import { closeSync, openSync, readSync } from 'node:fs';
import { codeOf, messageOf } from './errors.ts';

/** Enough for every kind below. */
const FIRST_BYTES = 6;
const KINDS: readonly (readonly [kind: string, ...bytes: number[]])[] = [
  ['a zip', 0x50, 0x4b, 3, 4],
  ['packed by zstd', 0x28, 0xb5, 0x2f, 0xfd],
  ['packed by bzip2', 0x42, 0x5a, 0x68],
  ['packed by xz', 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
  ['a 7z archive', 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],
  ['an Excel file', 0xd0, 0xcf, 0x11, 0xe0],
  ['a Parquet file', 0x50, 0x41, 0x52, 0x31],
  ['text in UTF-32', 0xff, 0xfe, 0, 0],
  ['text in UTF-32', 0, 0, 0xfe, 0xff],
  ['text in UTF-16', 0xff, 0xfe],
  ['text in UTF-16', 0xfe, 0xff],
  ['NUL bytes, no text', 0, 0],
];
const GZIP = Buffer.from([0x1f, 0x8b]);
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "which doesn't exist",
  ENOTDIR: "which doesn't exist",
  EACCES: 'which this user may not read',
  EPERM: 'which this user may not read',
  ELOOP: 'a link that leads back to itself',
  ENAMETOOLONG: 'a name that is too long for a file',
  ERR_INVALID_ARG_VALUE: 'which has a NUL byte in its name',
  EIO: 'which the disk does not give',
  ESTALE: "which isn't there any more",
};

/** What a file is that is no text in UTF-8, by its first two bytes or more; undefined for text and gzip. */
export function foreignKind(first: Buffer): string | undefined {
  const kind = KINDS.find(([, ...bytes]) => bytes.every((byte, at) => first[at] === byte))?.[0];
  if (kind !== undefined || first.length < 2) return kind;
  // UTF-16 without a mark: every second byte of plain text is 0.
  return (first[0] === 0) !== (first[1] === 0) ? 'text in UTF-16' : undefined;
}

export const isGzip = (first: Buffer): boolean => first.subarray(0, GZIP.length).equals(GZIP);

/** The first bytes of a file, at most as many as it has. @throws the system's error */
export function firstBytesOf(file: string): Buffer {
  const first = Buffer.alloc(FIRST_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    return first.subarray(0, readSync(descriptor, first));
  } finally {
    closeSync(descriptor);
  }
}

/** Why a file can't be opened or read, in words that follow its name; undefined where the system did not say so. */
export function unreadable(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  return (
    UNREADABLE[code] ?? (/^E[A-Z]+$/.test(code) ? `which can't be read (${messageOf(error)})` : undefined)
  );
}
