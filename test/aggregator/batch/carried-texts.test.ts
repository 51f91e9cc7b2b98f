import { expect, it } from 'vitest';
import { CarriedTexts } from '../../../src/aggregator/batch/carried-texts.ts';
import { plainRow } from './plain-row.ts';

/** The first text of the cell at 0, and the last one of that at 1. */
const newTexts = () =>
  new CarriedTexts({
    group: [0],
    periods: [],
    fields: [],
    carried: [
      { place: 0, last: false },
      { place: 1, last: true },
    ],
  });

it('the first or the last text of each cell is kept, by slot; a missing cell changes nothing', () => {
  const texts = newTexts();
  texts.keepRow(1, plainRow('a', 'b'));
  texts.keepRow(1, plainRow('c', 'd'));
  texts.keepRow(1, plainRow(undefined, undefined));
  texts.keepRow(0, plainRow('e', undefined));
  texts.tell(1);
  texts.tell(0);
  expect(texts.told).toBe(4);
  expect(texts.take()).toEqual(['a', 'd', 'e', undefined]);
  expect(texts.told).toBe(0);
});

it('what was told is forgotten: the next text of the slot is its first', () => {
  const texts = newTexts();
  texts.keepRow(0, plainRow('a', 'b'));
  texts.tell(0);
  texts.keepRow(0, plainRow('c', undefined));
  texts.tell(0);
  expect(texts.take()).toEqual(['a', 'b', 'c', undefined]);
});

it('texts of another tally come behind those of this one', () => {
  const texts = newTexts();
  texts.keepRow(0, plainRow('a', 'b'));
  texts.keepTexts(0, ['-', '-', 'c', 'd'], 2);
  texts.keepTexts(1, ['e', undefined], 0);
  texts.tell(0);
  texts.tell(1);
  expect(texts.take()).toEqual(['a', 'd', 'e', undefined]);
});
