// Log folders that no topic owns, such as those of a topic whose journal was lost: they are renamed, never read and never deleted.

import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BrokerLog } from '../options.ts';

/** Marks a renamed folder; no topic's name may have it. */
const ASIDE = '~';

/** Limit of a file name in bytes, which the folder of a topic with the longest name exceeds once it is renamed. */
const MAX_NAME = 255;

/** Renames a log's folder if it exists. @param now ms, which becomes part of the name */
export function setAside(folder: string, now: number, log: BrokerLog): void {
  if (!existsSync(folder)) return;
  const end = `${ASIDE}${now}`;
  // The partition's number, which ends the name, stays.
  const renamed = join(dirname(folder), basename(folder).slice(end.length - MAX_NAME) + end);
  renameSync(folder, renamed);
  log.warn({ folder, renamed }, 'renamed a log that no topic owns');
}

/** Renames the folders in `folder` whose names are not `known`, except those that were renamed before. */
export function setStrangersAside(
  folder: string,
  known: ReadonlySet<string>,
  now: number,
  log: BrokerLog,
): void {
  const strangers = readdirSync(folder).filter((name) => !known.has(name) && !name.includes(ASIDE));
  for (const name of strangers) setAside(`${folder}/${name}`, now, log);
}
