import { expect, it } from 'vitest';
import { Assignment } from '../../src/consumer/assignment.ts';

/** An assignment over offsets in a list, of which undefined is none, and which partitions were read. */
function assigned(offsets: (bigint | undefined)[]) {
  const read: number[] = [];
  const assignment = new Assignment([...offsets.keys()], async (partition) => {
    read.push(partition);
    return offsets[partition];
  });
  return { assignment, read };
}

it('a position is read once, and has what was moved since', async () => {
  const { assignment, read } = assigned([5n, undefined]);
  const position = await assignment.position(0);
  expect(position).toEqual({ expected: 5n, sought: false });
  position.expected = 7n;
  position.sought = true;
  expect(await assignment.position(0)).toEqual({ expected: 7n, sought: true });
  expect(await assignment.position(1)).toEqual({ expected: undefined, sought: false });
  expect(await assignment.position(1)).toEqual({ expected: undefined, sought: false });
  expect(read).toEqual([0, 1]);
});

it('a position that was forgotten is read again, and the others are not', async () => {
  const offsets = [5n, 6n];
  const { assignment, read } = assigned(offsets);
  await assignment.position(0);
  await assignment.position(1);
  offsets[0] = 9n;
  assignment.forget(0);
  expect(await assignment.position(0)).toEqual({ expected: 9n, sought: false });
  await assignment.position(1);
  expect(read).toEqual([0, 1, 0]);
});

it('a position that could not be read is read again by whoever asks next', async () => {
  let isAway = true;
  const assignment = new Assignment([0], async () => {
    if (isAway) throw new Error('Postgres is away');
    return 3n;
  });
  await expect(assignment.position(0)).rejects.toThrow('away');
  isAway = false;
  expect(await assignment.position(0)).toEqual({ expected: 3n, sought: false });
});

it('the partitions of which nothing was delivered are known', () => {
  const { assignment } = assigned([0n, 0n, 0n]);
  expect(assignment.undelivered()).toEqual([0, 1, 2]);
  assignment.delivered(1);
  assignment.delivered(1);
  expect(assignment.undelivered()).toEqual([0, 2]);
});
