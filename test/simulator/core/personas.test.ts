import { expect, it } from 'vitest';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';

it('the kinds of shoppers have shares that add up to all of them, each with a name of its own', () => {
  expect(PERSONAS.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(new Set(PERSONAS.map(({ name }) => name)).size).toBe(PERSONAS.length);
});

it.each(PERSONAS.map((persona) => [persona.name, persona] as const))(
  '%s looks at least once, and leaves room for those who do not say their gender',
  (_, { looks, women, men, ages, affinity }) => {
    expect(looks).toBeGreaterThanOrEqual(1);
    expect(women + men).toBeLessThan(1);
    expect(ages[0]).toBeLessThan(ages[1]);
    expect(Math.min(...Object.values(affinity))).toBeGreaterThan(0);
  },
);
