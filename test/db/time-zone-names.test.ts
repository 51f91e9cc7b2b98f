import { expect, it } from 'vitest';
import { isSameZone, spellingsOf } from '../../src/db/time-zone-names.ts';

it.each([
  ['Asia/Kolkata', 'Asia/Calcutta'],
  ['Europe/Kyiv', 'Europe/Kiev'],
  ['Asia/Ho_Chi_Minh', 'Asia/Saigon'],
  ['America/Argentina/Buenos_Aires', 'America/Buenos_Aires'],
  ['Asia/Kathmandu', 'Asia/Katmandu'],
  ['Asia/Yangon', 'Asia/Rangoon'],
])('%s and %s are names of one zone', (name, other) => {
  expect(spellingsOf(name)[0]).toBe(name);
  expect(spellingsOf(name)).toContain(other);
  expect(spellingsOf(other)).toContain(name);
  expect(isSameZone(name, other)).toBe(true);
  expect(isSameZone(name, 'Europe/Berlin')).toBe(false);
});

it('an alias has the name that it stands for, whatever its letters', () => {
  expect(isSameZone('europe/berlin', 'Europe/Berlin')).toBe(true);
  expect(isSameZone('asia/calcutta', 'Asia/Kolkata')).toBe(true);
});

it('a zone that there is not has its own name alone', () => {
  expect(spellingsOf('Mars/Olympus')).toEqual(['Mars/Olympus']);
});
