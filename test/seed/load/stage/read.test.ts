import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { Source } from '../../../../seed/csv/packing.ts';
import { type ReadOptions, readRows, sha256OfNothing } from '../../../../seed/load/stage/read.ts';
import { stageTable, type Unfinished } from '../../../../seed/load/stage/unfinished.ts';
import { HEADER } from '../../../../seed/published.ts';
import { rowsOf } from '../../support.ts';
import { aStage } from './stage.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sourceOf = (text: string, size = 300): Source => ({
  name: 'a.csv',
  packing: 'plain',
  size: undefined,
  taken: () => 0,
  chunks: Readable.from(
    Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      Buffer.from(text.slice(at * size, (at + 1) * size)),
    ),
  ),
});

/** Reads a text from where a load is. */
async function read(text: string, changes: Partial<Unfinished> = {}, options: Partial<ReadOptions> = {}) {
  const stage = await aStage();
  const commits: number[] = [];
  const load = await readRows(
    stage.client,
    { ...stage.load, sha256: sha256OfNothing, ...changes },
    {
      source: sourceOf(text),
      strict: false,
      rowsPerCommit: 1_000,
      onProgress: () => {},
      onCommit: ({ rows }) => commits.push(rows),
      ...options,
    },
  );
  const { rowCount } = await stage.client.query(`SELECT FROM ${stageTable(stage.load)}`);
  return { load, commits, stored: rowCount };
}

const ROWS = rowsOf(10);
const TEXT = `${HEADER}\n${ROWS.join('\n')}\n`;

it('a file is read to its end, with its size, its lines and its checksum', async () => {
  const { load, stored } = await read(TEXT);
  expect(load).toMatchObject({
    ...{ bytes: TEXT.length, lines: 11, rows: 10, rejected: 0, complete: true },
    sha256: sha256(TEXT),
  });
  expect(stored).toBe(10);
});

it('what is read is committed as it grows, each commit with all rows up to it', async () => {
  const { load, commits, stored } = await read(TEXT, {}, { rowsPerCommit: 3, source: sourceOf(TEXT, 130) });
  expect(commits.length).toBeGreaterThan(1);
  expect(commits).toEqual(commits.toSorted((a, b) => a - b));
  expect([load?.rows, stored]).toEqual([10, 10]);
});

it('a load goes on behind what was read, where the file still begins so', async () => {
  const begun = `${HEADER}\n${ROWS.slice(0, 4).join('\n')}\n`;
  const changes = { bytes: begun.length, lines: 5, sha256: sha256(begun) };
  const { load, stored } = await read(TEXT, changes);
  expect(load).toMatchObject({
    bytes: TEXT.length,
    lines: 11,
    rows: 6,
    sha256: sha256(TEXT),
    complete: true,
  });
  expect(stored).toBe(6);
});

it('a file that begins otherwise, or is shorter than what was read, is another one', async () => {
  const begun = `${HEADER}\n${ROWS.slice(0, 4).join('\n')}\n`;
  const changes = { bytes: begun.length, lines: 5, sha256: sha256(begun) };
  const other = `${HEADER}\n${ROWS.toReversed().join('\n')}\n`;
  expect(await read(other, changes)).toMatchObject({ load: undefined, stored: 0 });
  expect(await read(`${HEADER}\n${ROWS[0]}\n`, changes)).toMatchObject({ load: undefined, stored: 0 });
});

it('a file without a byte is refused, and so is a bad row of a strict load, with nothing stored', async () => {
  await expect(read('')).rejects.toMatchObject({ code: 'FILE_EMPTY' });
  await expect(read(`${TEXT}x\n`, {}, { strict: true })).rejects.toMatchObject({ code: 'BAD_ROW' });
});

it('bad rows are counted as lines, beside the good ones', async () => {
  const { load, stored } = await read(`${HEADER}\nx\n${ROWS[0]}\ny\n`);
  expect(load).toMatchObject({ lines: 4, rows: 1, rejected: 2 });
  expect(stored).toBe(1);
});
