import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { crc32c } from '../../../src/broker/crc32c.ts';
import {
  type Extent,
  readSeal,
  readTables,
  type SealedState,
  type Tables,
  writeSeal,
} from '../../../src/broker/log/seal.ts';
import { SparseIndex } from '../../../src/broker/log/sparse-index.ts';
import { AbortedTransactions } from '../../../src/broker/log/transactions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SIZE = 1_000_000;
const aborted = {
  producerId: 5,
  firstOffset: 2 ** 40,
  lastOffset: 2 ** 40 + 9,
  lastStableOffset: 2 ** 40 + 10,
};

type Seal = Extent & SealedState & Tables;

/** A seal in a file of its own. */
function sealed(): { file: string; seal: Seal } {
  const index = new SparseIndex();
  for (let at = 0; at < SIZE; at += 5_000) index.add(at / 100, at, at * 7);
  const transactions = new AbortedTransactions();
  transactions.add(aborted);
  const seal: Seal = {
    size: SIZE,
    nextOffset: 2 ** 40 + 11,
    maxTimestamp: 1_700_000_000_000,
    producers: [],
    open: [{ producerId: 6, firstOffset: 7 }],
    aborted: transactions,
    index,
  };
  const file = `${temporaryFolder()}/0.seal`;
  writeSeal(file, seal);
  return { file, seal };
}

test('a seal is read as it was written, and nothing else is left of its writing', () => {
  const { file, seal } = sealed();
  const { index, aborted: transactions, ...rest } = seal;
  expect(readSeal(file, SIZE)).toMatchObject(rest);
  const tables = readTables(file, SIZE);
  expect(tables?.index.encode()).toEqual(index.encode());
  expect(tables?.aborted.encode()).toEqual(transactions.encode());
  expect(existsSync(`${file}.new`)).toBe(false);
});

test('a log of another size, or one without a seal, has to be scanned', () => {
  const { file } = sealed();
  expect([readSeal(file, SIZE + 1), readSeal(file, SIZE - 1), readSeal(`${file}.none`, SIZE)]).toEqual([
    ...[null, null, null],
  ]);
});

test('a seal that is damaged in any byte, or cut off anywhere, is none', () => {
  const { file } = sealed();
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at += at < 20 ? 1 : 97) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x01;
    writeFileSync(file, damaged);
    expect([at, readSeal(file, SIZE), readTables(file, SIZE)]).toEqual([at, null, null]);
    writeFileSync(file, whole.subarray(0, at));
    expect([at, readSeal(file, SIZE), readTables(file, SIZE)]).toEqual([at, null, null]);
  }
});

test('a seal of a version without transactions has none', () => {
  const file = `${temporaryFolder()}/0.seal`;
  const body = Buffer.from(JSON.stringify({ size: SIZE, nextOffset: 3, maxTimestamp: 4, producers: [] }));
  const bytes = Buffer.concat([Buffer.from('SEL1'), Buffer.alloc(8), body]);
  bytes.writeUInt32BE(body.length, 8);
  bytes.writeUInt32BE(crc32c(bytes.subarray(8)), 4);
  writeFileSync(file, bytes);
  expect(readSeal(file, SIZE)).toMatchObject({ nextOffset: 3, open: [] });
});
