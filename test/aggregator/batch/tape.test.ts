import { expect, it } from 'vitest';
import { PlainMemory } from '../../../src/aggregator/batch/plain-memory.ts';
import { ENTRY, lengthOf, Tape } from '../../../src/aggregator/batch/tape.ts';

const FIELDS = 2;

function newTape() {
  const memory = new PlainMemory({ group: [0], periods: [], fields: [1, 2], carried: [] });
  return { memory, tape: new Tape(memory) };
}

it('a tape has its entries one behind the other, each as long as its kind says', () => {
  const { tape } = newTape();
  tape.begin(7, 2);
  tape.range(7, 2, 5);
  tape.other(3);
  const total = tape.reserve(lengthOf(ENTRY.TOTAL, FIELDS));
  tape.numbers[total] = ENTRY.TOTAL;
  tape.begin(8, 9);
  expect([tape.written, tape.begun]).toEqual([3 + 4 + 2 + 15 + 3, 2]);
  const numbers = tape.take();
  const entries: number[][] = [];
  for (let at = 0; at < numbers.length; at += lengthOf(numbers[at] ?? 0, FIELDS))
    entries.push([...numbers.subarray(at, at + lengthOf(numbers[at] ?? 0, FIELDS))]);
  expect(entries.map((entry) => (entry[0] === ENTRY.TOTAL ? ['total'] : entry))).toEqual([
    [ENTRY.BEGIN, 7, 2],
    [ENTRY.RANGE, 7, 2, 5],
    [ENTRY.OTHER, 3],
    ['total'],
    [ENTRY.BEGIN, 8, 9],
  ]);
});

it('a tape that is taken begins anew', () => {
  const { tape } = newTape();
  tape.begin(1, 1);
  tape.rescale();
  tape.take();
  expect([tape.written, tape.begun, tape.isInOneScale]).toEqual([0, 0, true]);
  tape.other(4);
  expect([...tape.take()]).toEqual([ENTRY.OTHER, 4]);
});

it('a scale that changes before anything is on the tape leaves it in one scale', () => {
  const { tape } = newTape();
  tape.rescale();
  expect(tape.isInOneScale).toBe(true);
  tape.other(0);
  tape.rescale();
  expect(tape.isInOneScale).toBe(false);
});

it('a tape that is full grows with what is on it, and no longer fits into the memory of WebAssembly', () => {
  const { memory, tape } = newTape();
  const room = tape.numbers.length;
  for (let at = 0; at < room / 2; at += 1) tape.other(at);
  expect([tape.written, memory.isClosed]).toEqual([room, false]);
  tape.other(room);
  expect(memory.isClosed).toBe(true);
  const numbers = tape.take();
  expect(numbers.length).toBe(room + 2);
  for (let at = 0; at < room / 2; at += 1)
    if (numbers[2 * at] !== ENTRY.OTHER || numbers[2 * at + 1] !== at) expect(at).toBe('as it was written');
  expect(numbers.at(-1)).toBe(room);
});
