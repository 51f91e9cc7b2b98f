// The error of what does not belong to an open transaction: newer versions have one of their own, which tells the producer to abort
// and go on (KIP-890); to older ones it is fatal.

import { ErrorCode } from '../wire/error-codes.ts';
import type { Request } from './api.ts';

/** The error for clients of this version. @param first version with TRANSACTION_ABORTABLE */
export function abortableAs(
  error: ErrorCode,
  { version }: Pick<Request, 'version'>,
  first: number,
): ErrorCode {
  return error === ErrorCode.INVALID_TXN_STATE && version >= first ? ErrorCode.TRANSACTION_ABORTABLE : error;
}
