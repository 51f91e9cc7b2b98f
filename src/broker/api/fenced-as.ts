// The error of a fenced producer: PRODUCER_FENCED is newer than the first versions of the APIs that return it (KIP-588).

import { ErrorCode } from '../wire/error-codes.ts';
import type { Request } from './api.ts';

/** The error for clients of this version. @param first version with PRODUCER_FENCED */
export function fencedAs(error: ErrorCode, { version }: Request, first = 2): ErrorCode {
  return error === ErrorCode.PRODUCER_FENCED && version < first ? ErrorCode.INVALID_PRODUCER_EPOCH : error;
}
