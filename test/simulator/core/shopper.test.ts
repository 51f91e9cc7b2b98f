import { isbot } from 'isbot';
import { describe, expect, it } from 'vitest';
import { openCountries } from '../../../src/enrichment/country.ts';
import { fitRoles } from '../../../src/simulator/core/fit.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';
import { shoppersOf, successorOf } from '../../../src/simulator/core/shopper.ts';

const roles = fitRoles(PERSONAS);
const crowd = shoppersOf(1, roles, 2_000);

describe('shoppers', () => {
  it('shoppers are the same for a seed, however many come after them', () => {
    const plain = (count: number) => shoppersOf(1, roles, count).map(({ random, ...who }) => [who, random()]);
    expect(plain(10)).toEqual(plain(30).slice(0, 10));
    expect(shoppersOf(2, roles, 1)[0]?.userId).not.toBe(crowd[0]?.userId);
  });

  it('shoppers are everybody’s own: no id and no stream of decisions is there twice', () => {
    expect(new Set(crowd.map(({ userId }) => userId)).size).toBe(crowd.length);
    expect(new Set(shoppersOf(1, roles, 500).map(({ random }) => random())).size).toBe(500);
  });

  it.each([50, 2_000])(
    'shoppers are in each role, among %i of them, as many as its share within a few',
    (count) => {
      const some = crowd.slice(0, count);
      for (const role of roles) {
        const found = some.filter((one) => one.role === role).length;
        expect(Math.abs(found - role.share * count)).toBeLessThan(3);
      }
    },
  );

  it('shoppers are followed in their place by others of their kind, who decide by the same stream', () => {
    for (const shopper of crowd.slice(0, 20)) {
      const [next, second] = [1, 2].map((generation) => successorOf(1, shopper, generation));
      expect(next).toMatchObject({ number: shopper.number, role: shopper.role, random: shopper.random });
      expect(new Set([shopper, next, second].map((one) => one?.userId)).size).toBe(3);
      expect(successorOf(1, shopper, 1)).toEqual(next);
    }
  });

  it('shoppers say their age within their kind’s ages, by a day that the calendar has, or nothing at all', () => {
    for (const { role, gender, birthdate } of crowd) {
      expect(birthdate === undefined).toBe(gender === 'U');
      if (birthdate === undefined) continue;
      expect(new Date(birthdate).toISOString().slice(0, 10)).toBe(birthdate);
      const age = 2026 - Number(birthdate.slice(0, 4));
      const [youngest, oldest] = role.persona.ages;
      expect(age).toBeGreaterThanOrEqual(youngest);
      expect(age).toBeLessThanOrEqual(oldest);
    }
  });

  it('shoppers are women and men as often as their kind says', () => {
    for (const { name, women, men } of PERSONAS) {
      const some = crowd.filter(({ role }) => role.persona.name === name);
      const share = (gender: string) => some.filter((one) => one.gender === gender).length / some.length;
      expect(Math.abs(share('F') - women)).toBeLessThan(0.1);
      expect(Math.abs(share('M') - men)).toBeLessThan(0.1);
    }
  });

  it('shoppers hold the device of their role, and have an address that ends neither in 0 nor in 255', () => {
    for (const { role, userAgent, ip } of crowd) {
      expect(/iPhone|iPad|Android/.test(userAgent)).toBe(role.device === 'mobile');
      expect(ip).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      const [, , third, last] = ip.split('.').map(Number);
      for (const part of [third, last]) {
        expect(part).toBeGreaterThanOrEqual(1);
        expect(part).toBeLessThanOrEqual(254);
      }
    }
  });

  it('shoppers come from each of eleven countries that the country file knows, with the browsers of people', () => {
    const countries = openCountries();
    const codes = crowd.map(({ ip }) => countries.of(ip).code);
    expect([...new Set(codes)].sort()).toEqual([
      'AU',
      'BR',
      'CH',
      'DE',
      'FR',
      'GB',
      'JP',
      'NL',
      'PL',
      'SE',
      'US',
    ]);
    expect(crowd.filter(({ userAgent }) => isbot(userAgent))).toEqual([]);
  });

  it('shoppers need a role', () => {
    expect(shoppersOf(1, [], 0)).toEqual([]);
    expect(() => shoppersOf(1, [], 1)).toThrow(/received no role/);
  });
});
