import { expect, test } from 'vitest';
import { abortableAs } from '../../../src/broker/api/abortable-as.ts';
import { ErrorCode } from '../../../src/broker/wire/error-codes.ts';

const { INVALID_TXN_STATE, NONE, PRODUCER_FENCED, TRANSACTION_ABORTABLE } = ErrorCode;

test.each([
  [INVALID_TXN_STATE, 10, INVALID_TXN_STATE],
  [INVALID_TXN_STATE, 11, TRANSACTION_ABORTABLE],
  [INVALID_TXN_STATE, 12, TRANSACTION_ABORTABLE],
  [PRODUCER_FENCED, 12, PRODUCER_FENCED],
  [NONE, 12, NONE],
])(
  'error %i is told a client of version %i as %i, where version 11 is the first that can abort',
  (error, version, told) => {
    expect(abortableAs(error, { version }, 11)).toBe(told);
  },
);
