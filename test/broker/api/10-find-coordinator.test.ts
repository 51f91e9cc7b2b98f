import { expect, test } from 'vitest';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { testBroker } from '../running-broker.ts';
import { wireClient } from '../wire-client.ts';

const here = (port: number) => [ErrorCode.NONE, 0, '127.0.0.1', port];
const REFUSED = [ErrorCode.INVALID_REQUEST, -1, '', -1];

test('one key, as older clients ask, is coordinated here, and only groups and transactions are', async () => {
  const { port } = await testBroker({ advertisedHost: '127.0.0.1' });
  const client = await wireClient(port);
  const find = async (version: number, keyType: number) => {
    const answer = await client.ask(10, version, (w) => {
      w.string('group');
      if (version >= 1) w.int8(keyType);
    });
    if (version >= 1) answer.int32();
    const error = answer.int16();
    if (version >= 1) answer.nullableString();
    const found = [error, answer.int32(), answer.string(), answer.int32()];
    answer.tags();
    expect(answer.position).toBe(answer.end);
    return found;
  };
  for (const version of [0, 1, 2, 3])
    expect([version, await find(version, 0)]).toEqual([version, here(port)]);
  expect(await find(1, 1)).toEqual(here(port));
  expect([await find(1, 2), await find(3, -1)]).toEqual([REFUSED, REFUSED]);
});

test('several keys are each answered, in their order', async () => {
  const { port } = await testBroker({ advertisedHost: '127.0.0.1' });
  const client = await wireClient(port);
  const find = async (keyType: number, keys: readonly string[]) => {
    const answer = await client.ask(10, 4, (w) => w.int8(keyType).array(keys, (key) => w.string(key)));
    answer.int32();
    return answer.structs(() => {
      const [key, node, host, at] = [answer.string(), answer.int32(), answer.string(), answer.int32()];
      return [key, answer.int16(), node, host, at, answer.nullableString()];
    });
  };
  expect(await find(0, ['b', '', 'a'])).toEqual(['b', '', 'a'].map((key) => [key, ...here(port), null]));
  expect(await find(9, ['a'])).toEqual([
    ['a', ...REFUSED, 'received key type 9, expected 0 (group) or 1 (transaction)'],
  ]);
  expect(await find(0, [])).toEqual([]);
});
