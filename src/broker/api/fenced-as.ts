// What a fenced producer is told: PRODUCER_FENCED is newer than the first versions of the APIs that say it (KIP-588).

import { ErrorCode } from '../wire/error-codes.ts';
import type { Request } from './api.ts';

/** The error as clients of this version know it. @param first version that knows PRODUCER_FENCED */
export function fencedAs(error: ErrorCode, { version }: Request, first = 2): ErrorCode {
  return error === ErrorCode.PRODUCER_FENCED && version < first ? ErrorCode.INVALID_PRODUCER_EPOCH : error;
}
