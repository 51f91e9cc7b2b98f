import { expect, test } from 'vitest';
import { BATCH_HEADER, readHeader } from '../../../src/broker/log/record-batch.ts';
import { Segment } from '../../../src/broker/log/segment.ts';
import { findTime, readFrom } from '../../../src/broker/log/segment-search.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { batch } from '../batch.ts';

const T0 = 1_700_000_000_000;

/** Segments as compaction may leave them: of offsets 0 to 2, none from 3 on, and of 10 and 11, each record a batch. */
function segments(): Segment[] {
  const folder = temporaryFolder();
  const made = [0, 3, 10].map((base) => Segment.make(folder, base, T0));
  const put = (index: number, offset: number) => {
    const bytes = batch({ timestamps: [T0 + offset] });
    bytes.writeBigInt64BE(BigInt(offset), 0);
    made[index]?.append(bytes, readHeader(bytes, 0));
  };
  for (const offset of [0, 1, 2]) put(0, offset);
  for (const offset of [10, 11]) put(2, offset);
  return made;
}
const SIZE = batch().length;
const bases = (bytes: Buffer) =>
  Array.from({ length: bytes.length / SIZE }, (_, n) => readHeader(bytes, n * SIZE).baseOffset);

test.each<[number, number, number[]]>([
  [0, 12, [0, 1, 2]],
  [2, 12, [2]],
  [3, 12, [10, 11]],
  [5, 12, [10, 11]],
  [11, 12, [11]],
  [12, 12, []],
  [3, 10, []],
  [3, 11, [10]],
  [0, 2, [0, 1]],
])('from offset %i to %i there are the batches %j', (offset, end, expected) => {
  expect(bases(readFrom(segments(), offset, 1e6, false, end))).toEqual(expected);
});

test('a strict read of less than the head of a batch reads nothing', () => {
  expect(readFrom(segments(), 0, BATCH_HEADER - 1, true, 12)).toHaveLength(0);
  expect(bases(readFrom(segments(), 0, 0, false, 12))).toEqual([0]);
  expect(readFrom([], 0, 1e6, false, 12)).toHaveLength(0);
});

test('a time is found in the first segment that has it, and in none behind the latest', () => {
  const found = [0, 2, 3, 11].map((ms) => findTime(segments(), T0 + ms)?.offset);
  expect(found).toEqual([0, 2, 10, 11]);
  expect(findTime(segments(), T0 + 12)).toBeNull();
});
