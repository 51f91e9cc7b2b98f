// The file that a broker writes when it is closed in order: what is known of each partition, so that the next start does not read
// their folders. It is used once: the start that reads it first removes it, from the disk too. It names the size of the journal
// that it belongs to: it is ignored if an earlier version of the broker has run since, or if the journal comes from a backup.
//
//   ClosedLogs => magic crc lines
//     magic => 4 bytes   crc => UINT32, CRC-32C of all that follows it
//     lines => JSON, one a line: the journal's bytes, then [partition, ClosedLog] of each

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32c } from '../crc32c.ts';
import { syncNames } from '../sync-names.ts';
import type { ClosedLog } from './open-segments.ts';

const MAGIC = Buffer.from('CLO1');
const CRC_END = 8;
const NONE: ReadonlyMap<string, ClosedLog> = new Map();

/** Writes the file atomically. @param journalBytes size of the journal, which must not change any more */
export function writeClosedLogs(
  file: string,
  journalBytes: number,
  logs: readonly (readonly [partition: string, log: ClosedLog])[],
): void {
  const lines = [journalBytes, ...logs].map((line) => Buffer.from(`${JSON.stringify(line)}\n`));
  const bytes = Buffer.concat([MAGIC, Buffer.alloc(CRC_END - MAGIC.length), ...lines]);
  bytes.writeUInt32BE(crc32c(bytes.subarray(CRC_END)), MAGIC.length);
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}

/** Reads and removes the file: the partitions by name; none where it is absent, damaged, or of another journal. */
export function takeClosedLogs(file: string, journalBytes: number): ReadonlyMap<string, ClosedLog> {
  const bytes = readIfThere(file);
  if (bytes === null) return NONE;
  rmSync(file);
  syncNames(dirname(file)); // else a power failure could bring it back beside newer records
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes.length < CRC_END) return NONE;
  if (crc32c(bytes.subarray(CRC_END)) !== bytes.readUInt32BE(MAGIC.length)) return NONE;
  const [made, ...logs] = bytes.toString('utf8', CRC_END).trimEnd().split('\n');
  if (Number(made) !== journalBytes) return NONE;
  return new Map(logs.map((line) => JSON.parse(line) as [string, ClosedLog]));
}

/** Null where it is absent; empty where it can't be read, so that the caller removes it and no later start reads it. */
function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : Buffer.alloc(0);
  }
}
