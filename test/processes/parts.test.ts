import { expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { embeddedParts, OWNERS, startPart } from '../../src/processes/parts.ts';
import { PARTS } from '../../src/runtime/part-names.ts';

const without = (...parts: string[]) => PARTS.filter((part) => !parts.includes(part));

it.each([
  [{}, PARTS],
  [{ KAFKA_BROKERS: 'kafka:9092' }, without('broker')],
  [{ DATABASE_URL: 'postgres://db/shop' }, without('postgres')],
  [{ KAFKA_BROKERS: 'kafka:9092', DATABASE_URL: 'postgres://db/shop' }, without('broker', 'postgres')],
])('with %j the program runs what is not configured elsewhere', (settings, parts) => {
  expect(embeddedParts(readConfig(settings, {}))).toEqual(parts);
});

it('the program starts what others need before them', () => {
  expect(PARTS.indexOf('postgres')).toBeLessThan(PARTS.indexOf('ingest'));
  expect(PARTS.indexOf('broker')).toBeLessThan(PARTS.indexOf('ingest'));
  expect(Object.keys(startPart).sort()).toEqual([...PARTS].sort());
  for (const owner of OWNERS) expect(PARTS).toContain(owner);
});
