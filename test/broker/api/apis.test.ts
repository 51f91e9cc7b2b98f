import { expect, test } from 'vitest';
import { APIS } from '../../../src/broker/api/apis.ts';

test('each API is listed once, in the order of its key, with versions that are one range', () => {
  const keys = APIS.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b));
  expect(
    APIS.filter(({ min, max, flexibleFrom = min }) => min < 0 || min > max || flexibleFrom > max),
  ).toEqual([]);
});

test('the lowest versions by which librdkafka finds what a broker can do are advertised', () => {
  const lowest = (name: string) => APIS.find((api) => api.name === name)?.min;
  expect([lowest('Produce'), lowest('FindCoordinator')]).toEqual([0, 0]);
  expect(lowest('Fetch')).toBeLessThanOrEqual(4);
});
