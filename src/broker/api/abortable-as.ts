// The error of a request outside of an open transaction. Newer versions have TRANSACTION_ABORTABLE, after which the producer aborts
// and continues (KIP-890); older ones have INVALID_TXN_STATE, which is fatal to it.

import { ErrorCode } from '../wire/error-codes.ts';
import type { Request } from './api.ts';

/** The error for clients of this version. @param first the first version with TRANSACTION_ABORTABLE */
export function abortableAs(
  error: ErrorCode,
  { version }: Pick<Request, 'version'>,
  first: number,
): ErrorCode {
  return error === ErrorCode.INVALID_TXN_STATE && version >= first ? ErrorCode.TRANSACTION_ABORTABLE : error;
}
