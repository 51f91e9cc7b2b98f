import { beforeEach, expect, it } from 'vitest';
import { FIRST_SLOTS, GroupSlots, NONE } from '../../../src/aggregator/batch/group-slots.ts';
import { PlainMemory } from '../../../src/aggregator/batch/plain-memory.ts';
import type { TallyPlan } from '../../../src/aggregator/batch/tally-plan.ts';
import { END, MISSING } from '../../../src/aggregator/batch/tape.ts';
import { type Cells, plainRow } from './plain-row.ts';

const plan: TallyPlan = {
  group: [0, 1],
  periods: [{ place: 2, period: 'DAY' }],
  fields: [],
  carried: [],
};
let grown = 0;
beforeEach(() => {
  grown = 0;
});
const newSlots = () =>
  new GroupSlots(plan, new PlainMemory(plan), () => {
    grown += 1;
  });

/** The slot of a row, whose day is the cell at 2. */
function slotOf(slots: GroupSlots, ...cells: Cells): number {
  const row = plainRow(...cells);
  expect(slots.readPeriods(row)).toBe(true);
  return slots.slotOf(row);
}
const DAY = '2024-01-31T12:00:00.000Z';
const NEXT_DAY = '2024-02-01T12:00:00.000Z';

it('a group has one slot, however often it comes, and slots are numbered as groups come', () => {
  const slots = newSlots();
  const found = ['a', 'b', 'a'].map((text) => slotOf(slots, text, 'x', DAY));
  expect(found).toEqual([0, 1, 0]);
  expect(slots.count).toBe(2);
});

it('groups differ by where their cells end, by what is missing or empty, and by their period', () => {
  const slots = newSlots();
  const rows: Cells[] = [
    ['ab', 'c', DAY],
    ['a', 'bc', DAY],
    ['', 'x', DAY],
    [undefined, 'x', DAY],
    ['x', undefined, DAY],
    ['ab', 'c', NEXT_DAY],
  ];
  expect(rows.map((row) => slotOf(slots, ...row))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(rows.map((row) => slotOf(slots, ...row))).toEqual([0, 1, 2, 3, 4, 5]);
});

it('bytes that are no UTF-8 get no slot, as they are not those of one text alone', () => {
  const slots = newSlots();
  expect(slotOf(slots, Buffer.from([0xf0]), 'x', DAY)).toBe(NONE);
  expect(slotOf(slots, 'ü', 'x', DAY)).toBe(0);
});

it('a row whose time is missing or none has no period', () => {
  const slots = newSlots();
  expect(slots.readPeriods(plainRow('a', 'x', undefined))).toBe(false);
  expect(slots.readPeriods(plainRow('a', 'x', '2024-02-30T00:00:00.000Z'))).toBe(false);
});

it('more groups than there was room for keep their slots, and who has arrays by slot hears of each growth', () => {
  const slots = newSlots();
  const count = 4 * FIRST_SLOTS;
  const name = (at: number) => `group ${at} of a name that is longer than the first keys have room for`;
  for (let at = 0; at < count; at += 1) expect(slotOf(slots, name(at), 'x', DAY)).toBe(at);
  for (let at = 0; at < count; at += 1) expect(slotOf(slots, name(at), 'x', DAY)).toBe(at);
  expect(grown).toBe(2);
});

it('what is handed over are the groups since the last time, which another finds by their keys', () => {
  const [slots, others] = [newSlots(), newSlots()];
  slotOf(slots, 'a', 'x', DAY);
  slots.take();
  slotOf(slots, 'a', 'x', DAY);
  slotOf(slots, 'b', undefined, NEXT_DAY);
  const { keys, keyEnds, periods, starts } = slots.take();
  expect([...keys]).toEqual([0x62, END, MISSING, END]);
  expect([[...keyEnds], [...periods], starts]).toEqual([[4], [1], ['2024-02-01T00:00:00.000Z']]);
  expect(slots.take().keyEnds).toHaveLength(0);

  others.periodIds[0] = others.startId(starts[0] ?? '');
  const slot = others.slotOfKey(Buffer.from(keys), 0, 4);
  expect(slotOf(others, 'b', undefined, NEXT_DAY)).toBe(slot);
  expect(() => others.slotOfKey(Buffer.from(keys), 0, 3)).toThrow(
    'received a key of 3 bytes, expected one of 4',
  );
});
