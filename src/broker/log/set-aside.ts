// Folders of logs that no topic owns, as of a topic whose journal was lost: they are renamed, never read and never deleted.

import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BrokerLog } from '../options.ts';

/** Part of a name that no topic has, by which a renamed folder is known. */
const ASIDE = '~';

/** Of the name of a file; the longest topic's has no room for more. */
const MAX_NAME = 255;

/** Renames a log's folder where there is one. @param now ms, which becomes part of its name */
export function setAside(folder: string, now: number, log: BrokerLog): void {
  if (!existsSync(folder)) return;
  const end = `${ASIDE}${now}`;
  // The partition's number, which ends the name, stays.
  const renamed = join(dirname(folder), basename(folder).slice(end.length - MAX_NAME) + end);
  renameSync(folder, renamed);
  log.warn({ folder, renamed }, 'renamed a log that no topic owns');
}

/** Renames the folders below `folder` that are not `known` by their names; those that were renamed before stay. */
export function setStrangersAside(
  folder: string,
  known: ReadonlySet<string>,
  now: number,
  log: BrokerLog,
): void {
  const strangers = readdirSync(folder).filter((name) => !known.has(name) && !name.includes(ASIDE));
  for (const name of strangers) setAside(`${folder}/${name}`, now, log);
}
