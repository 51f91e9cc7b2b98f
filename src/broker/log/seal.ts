// A segment's seal: a file beside a closed segment which states that the segment is whole at a given size. It holds the index,
// the producers' state and the open transactions at the segment's end, and the transactions aborted in it. A segment without a
// matching seal is scanned by CRC at the next start. A seal is removed before its segment is appended to, and written only
// after an fsync of the segment's data.
//
//   Seal => magic crc bodyLength body indexBytes
//     magic => 4 bytes   crc => UINT32, CRC-32C of all that follows it   bodyLength => UINT32
//     body => JSON {size, nextOffset, maxTimestamp, producers, open, aborted}   indexBytes => index entries, to the end

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { crc32c } from '../crc32c.ts';
import type { ProducerState } from './producers.ts';
import { SparseIndex } from './sparse-index.ts';
import { AbortedTransactions, type OpenTransaction } from './transactions.ts';

const MAGIC = Buffer.from('SEL1');
const CRC_END = 8;
const HEAD = 12;

export type Extent = {
  /** Bytes of the segment's log. */
  readonly size: number;
  readonly nextOffset: number;
  readonly maxTimestamp: number;
};

/** The tables by which a segment is searched. */
export type Tables = {
  readonly index: SparseIndex;
  readonly aborted: AbortedTransactions;
};

/** State at the segment's end. */
export type SealedState = {
  readonly producers: readonly ProducerState[];
  readonly open: readonly OpenTransaction[];
};

/** The JSON on disk; seals of versions without transactions lack the last two fields. */
type Body = Extent & {
  readonly producers: readonly ProducerState[];
  readonly open?: readonly OpenTransaction[];
  readonly aborted?: readonly number[];
};

/** Writes the seal to `file` atomically. */
export function writeSeal(file: string, { index, aborted, ...rest }: Extent & SealedState & Tables): void {
  const body = Buffer.from(JSON.stringify({ ...rest, aborted: aborted.encode() } satisfies Body));
  const bytes = Buffer.concat([MAGIC, Buffer.alloc(HEAD - MAGIC.length), body, index.encode()]);
  bytes.writeUInt32BE(body.length, CRC_END);
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_END)), MAGIC.length);
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}

/** Reads the seal of a log of `size` bytes; null where there is none that matches, which requires a scan. */
export function readSeal(file: string, size: number): (Extent & SealedState) | null {
  const found = readMatching(file, size);
  return found && { ...found.body, open: found.body.open ?? [] };
}

/** As `readSeal`, the tables by which the log is searched. */
export function readTables(file: string, size: number): Tables | null {
  const found = readMatching(file, size);
  return (
    found && {
      index: SparseIndex.decode(found.indexBytes),
      aborted: new AbortedTransactions(found.body.aborted),
    }
  );
}

function readMatching(file: string, size: number): { body: Body; indexBytes: Buffer } | null {
  const bytes = readIfThere(file);
  if (bytes === null || bytes.length < HEAD || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  if (crc32c(bytes.subarray(CRC_END)) !== bytes.readUInt32BE(MAGIC.length)) return null;
  const bodyEnd = HEAD + bytes.readUInt32BE(CRC_END);
  const body = JSON.parse(bytes.toString('utf8', HEAD, bodyEnd)) as Body;
  return body.size === size ? { body, indexBytes: bytes.subarray(bodyEnd) } : null;
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
