// Files of clicks for tests: written into a folder, read by the batch, and what came of it.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { findInputs } from '../../../src/sessions/batch/inputs.ts';
import type { Ids, SetAside } from '../../../src/sessions/batch/read.ts';
import { withEvents } from '../../../src/sessions/batch/run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const GAP_MS = 1_800_000;

/** Writes each file, packed where its name says so; their paths. */
export function writeFiles(files: Readonly<Record<string, string | Buffer>>): string[] {
  const folder = path.join(temporaryFolder(), 'clicks');
  mkdirSync(folder);
  return Object.entries(files).map(([name, content]) => {
    const file = path.join(folder, name);
    const packed = name.endsWith('.gz') && typeof content === 'string';
    writeFileSync(file, packed ? gzipSync(content, { level: 1 }) : content);
    return file;
  });
}

export type AskOptions = {
  readonly gapMs?: number;
  readonly multiEventOnly?: boolean;
  readonly ids?: Ids;
  readonly kinds?: boolean;
};

/** Reads the files and asks. */
export async function ask<T>(
  paths: readonly string[],
  question: (connection: DuckDBConnection) => Promise<T>,
  { gapMs = GAP_MS, multiEventOnly = false, ids = 'hashed', kinds = true }: AskOptions = {},
) {
  const setAside: SetAside[] = [];
  const spillFolder = temporaryFolder();
  const ran = await withEvents(
    {
      inputs: findInputs(paths),
      gapMs,
      multiEventOnly,
      wanted: { ids, kinds: ids === 'hashed' && kinds },
      memoryBytes: 512 * 1024 ** 2,
      spillFolder,
      onSetAside: (one) => setAside.push(one),
    },
    question,
  );
  return { ...ran, setAside, spillFolder };
}

/** One line of a file, with the fields that the original's have. */
export const clickLine = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    anonymous_id: 'a',
    browser_family: 'Chrome',
    device_family: 'Other',
    device_sent_timestamp: 1_556_668_800_000,
    event: 'page_view',
    n: 0,
    os_family: 'Android',
    platform: 'web',
    version: '1.2.0',
    ...fields,
  });
