// The cells of a partition in the picture: the newest records, of which those that wait are hollow.

import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/runtime/paths.ts';

type Partition = {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
  readonly lag: number;
  readonly member: string | null;
};
type Element = { textContent: string; dataset: Record<string, string> };
type Lanes = { fillLane(lane: object, partition: Partition | undefined): void };
const { fillLane }: Lanes = await import(path.join(packageRoot, 'public/js/pipeline/lanes.js'));

const CELLS = 22;

function filled(partition: Partition | undefined) {
  const element = (): Element => ({ textContent: '', dataset: {} });
  let isHidden = false;
  const group = {
    ...element(),
    toggleAttribute: (_: string, hidden: boolean) => {
      isHidden = hidden;
    },
  };
  const [name, end] = [element(), element()];
  const cells = Array.from({ length: CELLS }, element);
  fillLane({ group, name, end, cells }, partition);
  const marks = cells
    .map(({ dataset }) => ({ none: '.', stored: '#', waiting: 'o' })[dataset.is ?? ''])
    .join('');
  return { isHidden, owned: group.dataset.owned, name: name.textContent, end: end.textContent, marks };
}

const of = (given: Partial<Partition>): Partition => ({
  partition: 1,
  start: 0,
  end: 0,
  next: 0,
  lag: 0,
  member: null,
  ...given,
});

it('a partition that is not there is hidden', () => {
  expect(filled(undefined).isHidden).toBe(true);
  expect(filled(of({})).isHidden).toBe(false);
});

it('a partition without records has no cell, and says that nobody reads it', () => {
  expect(filled(of({}))).toMatchObject({
    name: 'partition 1, read by nobody',
    owned: 'false',
    end: '0',
    marks: '.'.repeat(CELLS),
  });
});

it('records that are stored fill the cells from the right, one a cell', () => {
  const lane = filled(of({ end: 5, next: 5, member: 'ingest-0123456789abcdef' }));
  expect(lane).toMatchObject({ owned: 'true', end: '5', marks: '.'.repeat(CELLS - 5) + '#'.repeat(5) });
  expect(lane.name).not.toContain('nobody');
});

it('records that wait are hollow, as many as the lag', () => {
  const lane = filled(of({ end: 100, next: 96, lag: 4 }));
  expect(lane).toMatchObject({ end: '100, lag 4', marks: '#'.repeat(CELLS - 4) + 'o'.repeat(4) });
});

it('where more wait than there are cells, each stands for several, and some stored ones stay in sight', () => {
  const { marks } = filled(of({ end: 10_000, next: 9_000, lag: 1_000 }));
  expect(marks).toMatch(/^#+o+$/);
  expect(marks.length).toBe(CELLS);
  // 57 records a cell.
  expect(marks.replaceAll('#', '').length).toBe(17);
});

it('records that retention has deleted have no cell', () => {
  expect(filled(of({ start: 97, end: 100, next: 100 })).marks).toBe(`${'.'.repeat(CELLS - 3)}###`);
});
