// Replaces a group of segments by one rewritten file, so that a crash at any step loses nothing. The new seal is written first: as
// it does not match the first segment's old file, a start after a crash at this point scans that. The other segments are deleted
// once the new file's name is on the disk, in the order of their offsets, so that a value is deleted before its tombstone; a start
// after a crash at this point deletes those whose records the segment before already holds.

import {
  closeSync,
  existsSync,
  fsync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { CLEANED, type Found, type Group } from './compact-segments.ts';
import { readSeal, type SealedState, writeSeal } from './seal.ts';
import { Segment } from './segment.ts';

/** A file that holds the offset up to which a log was compacted. Segments other than the last may then have gaps. */
const COMPACTED = 'compacted';

/** The offset up to which the log of a folder with these files was compacted; undefined where it never was. */
export function compactedTo(folder: string, names: readonly string[]): number | undefined {
  return names.includes(COMPACTED) ? Number(readFileSync(`${folder}/${COMPACTED}`, 'utf8')) : undefined;
}

/** Stores the offset up to which a log was compacted. */
export function noteCompacted(folder: string, to: number): void {
  writeFileSync(`${folder}/${COMPACTED}`, String(to));
}

/** Deletes the rewritten files of an interrupted compaction. */
export function removeUnfinished(folder: string, names: readonly string[]): void {
  for (const name of names) if (name.endsWith(CLEANED)) rmSync(`${folder}/${name}`, { force: true });
}

/**
 * Closes a group and opens the segment that replaces it; the files of all but the first are left.
 * @param file synced, with the contents `found`
 * @param current the state at the log's end, used where the last segment has no seal
 */
export function swap(
  folder: string,
  group: Group,
  file: string,
  found: Found,
  current: () => SealedState,
): Segment {
  const [first] = group;
  const last = group.at(-1) ?? first;
  if (!existsSync(`${folder}/${COMPACTED}`)) writeFileSync(`${folder}/${COMPACTED}`, '');
  const { producers, open: undecided } = readSeal(`${last.path}.seal`, last.size) ?? current();
  const state = { producers, open: undecided };
  // A seal of the same size would match both files.
  const isSameSize = found.size === first.size;
  if (isSameSize) first.unseal();
  else writeSeal(`${first.path}.seal`, { ...found, ...state });
  renameSync(file, `${first.path}.log`);
  for (const segment of group) segment.close();
  const segment = new Segment(folder, first.baseOffset, first.openedAt);
  segment.adopt(found, !isSameSize, found);
  if (isSameSize) segment.seal(state);
  return segment;
}

/** Writes the names of a folder's files to the disk (fsync). */
export async function syncNames(folder: string): Promise<void> {
  const fd = openSync(folder, 'r');
  await promisify(fsync)(fd).finally(() => closeSync(fd));
}
