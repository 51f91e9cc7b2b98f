// A run over files: what the question gets, in which order lines are told of, and what is left where it fails.

import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import { findInputs } from '../../../src/sessions/batch/inputs.ts';
import type { ReadProgress } from '../../../src/sessions/batch/progress.ts';
import type { SetAside } from '../../../src/sessions/batch/read.ts';
import { type RunOptions, withEvents } from '../../../src/sessions/batch/run.ts';
import { rowsOf } from '../../../src/sessions/batch/statements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ask, clickLine, GAP_MS, writeFiles } from './files.ts';

const lines = (count: number, of: string) =>
  Array.from({ length: count }, (_, n) => clickLine({ anonymous_id: `${of} ${n}` })).join('\n');

function optionsOf(files: Readonly<Record<string, string>>, changes: Partial<RunOptions> = {}): RunOptions {
  return {
    inputs: findInputs(writeFiles(files)),
    gapMs: GAP_MS,
    multiEventOnly: false,
    memoryBytes: 512 * 1024 ** 2,
    spillFolder: temporaryFolder(),
    wanted: { ids: 'hashed', kinds: false },
    onSetAside: () => {},
    ...changes,
  };
}

it('a run asks of the events of all files, each under the number of its file', async () => {
  const { answer, events } = await ask(
    writeFiles({
      'c.json': lines(3, 'c'),
      'a.json': lines(1, 'a'),
      'b.json': '',
      'd.json.gz': lines(4, 'd'),
    }),
    (connection) =>
      rowsOf(
        connection,
        `SELECT name, count(visitor) AS events FROM files LEFT JOIN events USING (file)
         GROUP BY name ORDER BY name`,
      ),
  );
  expect(answer).toEqual([
    { name: 'a.json', events: 1 },
    { name: 'b.json', events: 0 },
    { name: 'c.json', events: 3 },
    { name: 'd.json.gz', events: 4 },
  ]);
  expect(events).toBe(8);
});

it('lines that were set aside are told of in the order of the files, whichever was read first', async () => {
  // The first takes longer than all others.
  const { setAside } = await ask(
    writeFiles({
      'a.json': `${lines(30_000, 'a')}\nbad`,
      'b.json': 'bad',
      'c.json': 'bad\nworse',
      'd.json': 'bad',
    }),
    async () => {},
  );
  expect(setAside.map(({ file, line }) => `${file}:${line}`)).toEqual([
    'a.json:30001',
    'b.json:1',
    'c.json:1',
    'c.json:2',
    'd.json:1',
  ]);
});

it('progress is told until all files are read, and not afterwards', async () => {
  const told: ReadProgress[] = [];
  let before = 0;
  const onRead = (progress: ReadProgress) => told.push(progress);
  await withEvents(optionsOf({ 'a.json': lines(10, 'a') }, { onRead }), async () => {
    before = told.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
  });
  expect(told).toHaveLength(before);
});

it('a run leaves nothing in its spill folder, also where its question fails', async () => {
  const options = optionsOf({ 'a.json': lines(2, 'a') });
  let folders: string[] = [];
  const failing = withEvents(options, async () => {
    folders = readdirSync(options.spillFolder);
    throw new Error('no such column');
  });
  await expect(failing).rejects.toThrow('no such column');
  expect(folders).toEqual([expect.stringMatching(/^shopstream-sessions-/)]);
  expect(readdirSync(options.spillFolder)).toEqual([]);
});

it('a full disk is told with what helps, whichever part of the run met it', async () => {
  const options = optionsOf({ 'a.json': lines(2, 'a') });
  const full = withEvents(options, async () => {
    throw new Error('IO Error: Could not write file: No space left on device');
  });
  await expect(full).rejects.toThrow(ExpectationError);
  await expect(full).rejects.toThrow(`the disk of ${options.spillFolder} is full`);
});

it('a file that goes away before it is read fails the run, which asks nothing', async () => {
  const told: SetAside[] = [];
  const options = optionsOf({ 'a.json': lines(2, 'a') }, { onSetAside: (one) => told.push(one) });
  const gone = options.inputs.map((input) => ({ ...input, path: `${input.path}.gone` }));
  let isAsked = false;
  const running = withEvents({ ...options, inputs: gone }, async () => {
    isAsked = true;
  });
  await expect(running).rejects.toMatchObject({ code: 'ENOENT' });
  expect([isAsked, told]).toEqual([false, []]);
});
