import { expect, test } from 'vitest';
import { answerTo, isFlexible, type Request } from '../../../src/broker/api/api.ts';
import { Reader } from '../../../src/broker/wire/reader.ts';

test.each([
  [{}, 0, false],
  [{ flexibleFrom: 0 }, 0, true],
  [{ flexibleFrom: 3 }, 2, false],
  [{ flexibleFrom: 3 }, 3, true],
])('of an API that is flexible as %j says, version %i is so: %s', (api, version, expected) => {
  expect(isFlexible(api, version)).toBe(expected);
});

test('a response begins with the correlation id of its request, and with no tagged fields where that is flexible', () => {
  const request = (flexible: boolean): Request => {
    const body = new Reader(Buffer.of(0));
    if (flexible) body.beginFlexible();
    const client = { host: '', advertised: { host: '', port: 0 }, closed: new Set<() => void>() };
    return { version: 0, correlationId: -7, clientId: '', body, client };
  };
  const bytesOf = (flexible: boolean) => Buffer.concat(answerTo(request(flexible)).finish()).toString('hex');
  expect(bytesOf(false)).toBe('00000004fffffff9');
  expect(bytesOf(true)).toBe('00000006fffffff90000');
});
