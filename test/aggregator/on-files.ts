// What tests of `aggregate` do: files in a folder of the test file's own, the command in this process, and the rows that it prints.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/runtime/paths.ts';
import { runHere } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export type Row = Readonly<Record<string, unknown>> & { readonly meta: Readonly<Record<string, unknown>> };

/** A file that ships as an example. */
export const example = (name: string): string => path.join(packageRoot, 'examples', 'aggregator', name);

/** The rows of NDJSON. */
export const rowsOf = (printed: string): Row[] =>
  printed
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);

/** @param env settings of the command, read when it is given */
export function onFiles(env: () => Readonly<Record<string, string>> = () => ({})) {
  let folder: string | undefined;
  /** Where a file of this name is, or would be. */
  const placeOf = (name: string): string => {
    folder ??= temporaryFolder();
    return path.join(folder, name);
  };
  const file = (name: string, content: string | Uint8Array): string => {
    const place = placeOf(name);
    writeFileSync(place, content);
    return place;
  };
  return { placeOf, file, aggregate: (...args: string[]) => runHere(['aggregate', ...args], env()) };
}
