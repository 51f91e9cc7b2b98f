import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';

async function versions(version: number, name = 'shopstream', software = '1.0') {
  const answer = await offlineBroker().ask(18, version, (w) => {
    if (version >= 3) w.string(name).string(software);
  });
  return whole(answer, (a) => {
    const [error, keys] = [a.int16(), a.structs(() => [a.int16(), a.int16(), a.int16()])];
    if (version >= 1) expect(a.int32()).toBe(0);
    return { error, keys };
  });
}

test('every version has the same list', async () => {
  const told = await Promise.all([0, 1, 2, 3, 4].map((version) => versions(version)));
  expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(told[0]?.keys).toContainEqual([18, 0, 4]);
});

test.each([
  ['a', '1', true],
  ['apache-kafka-java', '4.1.0', true],
  ['a'.repeat(1_000), '1.0-SNAPSHOT', true],
  ['', '1', false],
  ['-a', '1', false],
  ['a.', '1', false],
  ['a b', '1', false],
  ['a', '1\n', false],
  ['ä', '1', false],
  [`${'a'.repeat(30_000)}!`, '1', false],
])('a client that calls itself %s %s is told the list: %s', async (name, software, isTold) => {
  const { error, keys } = await versions(3, name, software);
  expect([error, keys.length > 0]).toEqual([isTold ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST, isTold]);
});
