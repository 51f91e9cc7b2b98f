import { expect, it } from 'vitest';
import { changeOf, FAULTS_MESSAGE, storedMessage } from '../../src/db/change.ts';

it('a notification is read as it was written', () => {
  const stored = { topic: 't', cluster: 'c', group: 'g', partition: 3, next: String(2n ** 63n - 1n) };
  expect(changeOf(storedMessage(stored))).toEqual(stored);
  const loaded = { topic: 'product.csv', partition: 0, next: '0' };
  expect(changeOf(storedMessage(loaded))).toEqual(loaded);
  expect(changeOf(FAULTS_MESSAGE)).toEqual({ faults: 'changed' });
  expect(changeOf('{"aggregated":"print-shop"}')).toEqual({ aggregated: 'print-shop' });
});

it.each([
  undefined,
  '',
  '{',
  'null',
  '[]',
  '{"aggregated":7}',
  '{"faults":"others"}',
  '{"topic":"t","partition":0}',
  '{"topic":"t","partition":0.5,"next":"1"}',
  '{"topic":"t","partition":0,"next":"-1"}',
  '{"topic":"t","partition":0,"next":"1\\n"}',
  '{"topic":"t","partition":0,"next":1}',
])('what another program notifies is none: %j', (payload) => {
  expect(changeOf(payload)).toBeUndefined();
});
