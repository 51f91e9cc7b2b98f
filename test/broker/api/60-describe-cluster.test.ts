import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';

async function cluster(version: number, { endpoints = 1, operations = false } = {}) {
  const answer = await offlineBroker().ask(60, version, (w) => {
    w.boolean(operations);
    if (version >= 1) w.int8(endpoints);
    if (version >= 2) w.boolean(true);
  });
  return whole(answer, (a) => {
    expect(a.int32()).toBe(0);
    const [error, message] = [a.int16(), a.nullableString()];
    if (version >= 1) expect(a.int8()).toBe(endpoints);
    expect([a.string(), a.int32()]).toEqual(['a cluster', 0]);
    const nodes = a.structs(() => {
      const node = [a.int32(), a.string(), a.int32(), a.nullableString()];
      if (version >= 2) expect(a.boolean()).toBe(false);
      return node;
    });
    return { error, message, nodes, operations: a.int32() };
  });
}
const NODES = [[0, '127.0.0.1', 40_000, null]];
const NOT_ASKED = -(2 ** 31);

test.each([0, 1, 2])(
  'version %i tells the one node, at the address at which its client has reached it',
  async (version) => {
    const told = { error: ErrorCode.NONE, message: null, nodes: NODES, operations: NOT_ASKED };
    expect(await cluster(version)).toEqual(told);
    expect((await cluster(version, { operations: true })).operations).toBeGreaterThan(0);
  },
);

test.each([2, 0, -1])('there are no endpoints of type %i', async (endpoints) => {
  expect(await cluster(2, { endpoints })).toMatchObject({
    error: ErrorCode.MISMATCHED_ENDPOINT_TYPE,
    message: `received endpoint type ${endpoints}, expected 1: brokers`,
    nodes: [],
  });
});
