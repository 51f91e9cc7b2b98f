import { expect, test } from 'vitest';
import { APIS } from '../../../src/broker/api/apis.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { offlineBroker } from '../offline-broker.ts';
import { whole } from '../request.ts';

test.each([
  ['an API key that there is not', 68, 0, 'received API key 68, expected one of 0, 1, 2'],
  ['a negative API key', -1, 0, 'received API key -1'],
  ['a version above the highest', 3, 14, 'received Metadata version 14, expected 0 to 13'],
  ['a version below the lowest', 1, 3, 'received Fetch version 3, expected 4 to 18'],
  ['a negative version', 18, -1, 'received ApiVersions version -1, expected 0 to 4'],
])('%s is refused, which closes its connection', async (_, key, version, message) => {
  await expect(offlineBroker().ask(key, version)).rejects.toMatchObject({
    name: 'RefusedRequest',
    message: expect.stringContaining(message),
  });
});

test('a version of ApiVersions that is too new is told, in the form of version 0, which there are', async () => {
  const answer = await offlineBroker().ask(18, 5);
  const [error, keys] = whole(answer, (a) => [a.int16(), a.structs(() => [a.int16(), a.int16(), a.int16()])]);
  expect(error).toBe(ErrorCode.UNSUPPORTED_VERSION);
  expect(keys).toEqual(APIS.map(({ key, min, max }) => [key, min, max]));
});

test('a frame that ends before its request does is malformed', async () => {
  await expect(offlineBroker().ask(10, 0, (w) => w.int16(20))).rejects.toMatchObject({
    name: 'MalformedRequest',
  });
});
