// After a crash at any step of a pass, the last record of each key and the producers' state are there.

import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PartitionLog } from '../../../src/broker/log/partition-log.ts';
import { readHeader } from '../../../src/broker/log/record-batch.ts';
import { batch } from '../requests.ts';
import { testFolder } from '../running-broker.ts';
import {
  allSealed,
  anyBatch,
  append,
  appendIdempotent,
  appendLeaving,
  CONFIG,
  compact,
  expectLatest,
  filesOf,
  goOn,
  NOW,
  open,
  type Seen,
} from './a-compacted-log.ts';
import { crashesOf } from './crashes.ts';

test('a log that is cut off at any step of any pass has the last record of each key, and goes on from there', async () => {
  const anyCut = fc.nat(1000).map((at) => ({ kind: 'cut' as const, at }));
  const anyLife = fc.oneof(
    { weight: 5, arbitrary: anyBatch.map((one) => ({ kind: 'append' as const, ...one })) },
    { weight: 1, arbitrary: anyCut },
  );
  let cuts = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyLife, { minLength: 15, maxLength: 30 }), async (steps) => {
      const outer = testFolder();
      let folder = `${outer}/log`;
      let log = open(folder);
      const all: Seen[] = [];
      for (const one of steps) {
        if (one.kind === 'append') {
          const base = append(log, one.records, one.codec);
          all.push(...one.records.map((record, index) => ({ ...record, offset: base + index })));
          continue;
        }
        await allSealed(folder);
        const crashes = await crashesOf(folder, () => log.compact(NOW, goOn));
        log.close();
        cuts += crashes.length;
        for (const crashed of crashes) {
          const cut = open(crashed);
          expect(cut.endOffset).toBe(all.length);
          expectLatest(cut, all, 'kept');
          cut.close();
        }
        folder = crashes[one.at % crashes.length] ?? folder;
        log = open(folder);
      }
      log.close();
      rmSync(outer, { recursive: true });
    }),
    { numRuns: 10 },
  );
  expect(cuts).toBeGreaterThan(20);
});

test('a swap that fails at its seal leaves what is known of idempotent producers', async () => {
  const both = testFolder();
  const [folder, crashed] = [`${both}/log`, `${both}/crashed`];
  const log = open(folder);
  const value = 'x'.repeat(300);
  for (let sequence = 0; sequence < 4; sequence++) {
    const bytes = batch({
      keys: ['a'],
      values: [value],
      timestamps: [NOW],
      producerId: 7,
      epoch: 0,
      sequence,
    });
    log.append(bytes, readHeader(bytes, 0), NOW);
  }
  const known = log.producers.get(7);
  append(log, [{ key: 'a', value: 'last' }]);
  const seals = () => readdirSync(folder).filter((name) => name.endsWith('.seal'));
  await expect.poll(seals).toHaveLength(1);
  mkdirSync(`${folder}/${seals()[0]}.new`);
  await expect(compact(log, folder)).rejects.toThrow('EISDIR');
  cpSync(folder, crashed, { recursive: true });
  log.close();
  const again = open(crashed);
  expect(again.producers.get(7)?.batches).toEqual(known?.batches);
  again.close();
});

test('a log that was cut off at any step of a pass has the last record of each key, and knows its producers', async () => {
  const folder = `${testFolder()}/log`;
  const log = open(folder);
  const all: Seen[] = [];
  appendLeaving(log, all, 4);
  // Each in a segment of its own, with nothing behind them.
  let age = NOW;
  const close = () => {
    age += CONFIG.segmentMs;
    log.retain(age);
  };
  for (const sequence of [0, 1, 2]) {
    close();
    appendIdempotent(log, all, sequence);
  }
  close();
  const crashes = await crashesOf(folder, async () => {
    await compact(log, folder, NOW + 1000);
    appendIdempotent(log, all, 3);
    close();
    await compact(log, folder, NOW + 1000);
  });
  log.close();
  expect(filesOf(folder, '.log')).toHaveLength(4);
  expect(crashes.length).toBeGreaterThan(20);
  const check = (cut: PartitionLog) => {
    const written = all.slice(0, cut.endOffset);
    expectLatest(cut, written, 'kept');
    const idempotent = written.filter(({ key }) => key === 'idempotent').map(({ offset }) => offset);
    expect(cut.producers.get(7)?.batches.map(({ baseOffset }) => baseOffset)).toEqual(idempotent);
  };
  for (const crashed of crashes) {
    const cut = open(crashed);
    check(cut);
    expect(filesOf(crashed, '.cleaned')).toEqual([]);
    await compact(cut, crashed, NOW + 1000);
    check(cut);
    cut.close();
  }
});
