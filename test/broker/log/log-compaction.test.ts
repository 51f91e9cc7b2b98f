// Which segments a pass may compact, and what a restart knows of earlier passes.

import { readdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testFolder } from '../running-broker.ts';
import { append, compact, expectLatest, fill, NOW, open, readAll } from './a-compacted-log.ts';

test('what was compacted before a restart is not compacted again after it', async () => {
  const folder = testFolder();
  const config = { minCleanableDirtyRatio: 0.9 };
  let log = open(folder, config);
  fill(log, 60);
  await compact(log, folder);
  log.close();
  const cleaned = readdirSync(folder).filter((name) => name.endsWith('.log')).length;
  log = open(folder, config);
  while (readdirSync(folder).filter((name) => name.endsWith('.log')).length < cleaned + 1)
    append(log, [{ key: 'a', value: 'obsolete' }]);
  append(log, [{ key: 'a', value: 'last' }]);
  const before = readAll(log);
  await compact(log, folder);
  expect(readAll(log)).toEqual(before);
  log.close();
});

test('a log that was compacted and is so no more is whole after a crash', async () => {
  const folder = testFolder();
  const log = open(folder);
  const all = fill(log);
  await compact(log, folder);
  log.close();
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.seal'))) rmSync(`${folder}/${name}`);
  const again = open(folder, { isCompacted: false, isDeleted: true });
  expect(again.endOffset).toBe(all.length);
  expectLatest(again, all, 'kept');
  again.close();
});

test('records younger than the compaction lag are left alone', async () => {
  const folder = testFolder();
  const log = open(folder, { minCompactionLagMs: 60_000 });
  fill(log);
  const before = log.bytes;
  await compact(log, folder, NOW + 59_999);
  expect(log.bytes).toBe(before);
  await compact(log, folder, NOW + 60_000);
  expect(log.bytes).toBeLessThan(before);
  log.close();
});
