import { expect, test } from 'vitest';
import { MalformedRequest, Reader } from '../../../src/broker/wire/reader.ts';
import { readHeader } from '../../../src/broker/wire/request-header.ts';

test('a header has its API, its version, its correlation id and the client', () => {
  const reader = new Reader(Buffer.from(`0012${'0003'}ffffffff${'0002'}6162${'07'}`, 'hex'));
  expect(readHeader(reader)).toEqual({ apiKey: 18, apiVersion: 3, correlationId: -1, clientId: 'ab' });
  expect(reader.int8()).toBe(7);
});

test('a client without a name has an empty one', () => {
  expect(readHeader(new Reader(Buffer.from('0000000000000000ffff', 'hex'))).clientId).toBe('');
});

test('a header that is cut off is refused', () => {
  expect(() => readHeader(new Reader(Buffer.from('001200030000', 'hex')))).toThrow(MalformedRequest);
});
