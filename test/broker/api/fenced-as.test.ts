import { expect, test } from 'vitest';
import type { Request } from '../../../src/broker/api/api.ts';
import { fencedAs } from '../../../src/broker/api/fenced-as.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';
import { Reader } from '../../../src/broker/wire/reader.ts';

const request = (version: number): Request => ({
  version,
  correlationId: 0,
  clientId: '',
  body: new Reader(Buffer.alloc(0)),
  client: { host: '', advertised: { host: '', port: 0 }, closed: new Set() },
});
const { PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, NONE } = ErrorCode;

test.each([
  [1, PRODUCER_FENCED, undefined, INVALID_PRODUCER_EPOCH],
  [2, PRODUCER_FENCED, undefined, PRODUCER_FENCED],
  [3, PRODUCER_FENCED, 4, INVALID_PRODUCER_EPOCH],
  [4, PRODUCER_FENCED, 4, PRODUCER_FENCED],
  [0, NONE, undefined, NONE],
])('a client of version %i is told %i, where %s knows it, as %i', (version, error, first, told) => {
  expect(fencedAs(error, request(version), first)).toBe(told);
});
