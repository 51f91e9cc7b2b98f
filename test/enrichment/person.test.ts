import { expect, it } from 'vitest';
import { ageOf, genderOf } from '../../src/enrichment/person.ts';

it.each([
  ['1990-03-10', '2026-03-09T23:59:59.999Z', 35],
  ['1990-03-10', '2026-03-10T00:00:00.000Z', 36],
  ['2000-02-29', '2027-02-28T12:00:00.000Z', 26],
  ['2000-02-29', '2027-03-01T00:00:00.000Z', 27],
  ['2000-02-29', '2028-02-29T00:00:00.000Z', 28],
  ['2030-01-01', '2026-01-01T00:00:00.000Z', undefined],
])('who was born on %s is at %s %s', (birthdate, time, age) => {
  expect(ageOf({ birthdate }, Date.parse(time))).toBe(age);
});

it('a birthdate wins over an age, and who told nothing has none', () => {
  expect(ageOf({ age: 20, birthdate: '1990-01-01' }, Date.UTC(2026, 5))).toBe(36);
  expect(ageOf({ age: 20 }, 0)).toBe(20);
  expect(ageOf({}, 0)).toBeUndefined();
  expect([genderOf({ gender: 'U' }), genderOf({}), genderOf({ gender: 'F' })]).toEqual([
    undefined,
    undefined,
    'F',
  ]);
});
