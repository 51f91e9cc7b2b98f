// ListTransactions: v0-2
//
// Behaviour:
// * Lists transactional ids, filtered by the request's states and producers, if any. Unknown states are returned.
// * A pattern in RE2's syntax has to match the whole transactional id. An invalid pattern, or one that is too large
//   (transaction/id-pattern.ts), is INVALID_REGULAR_EXPRESSION.
//
// Version notes: v1 adds the minimum duration of an open transaction, ms (−1: any), v2 the pattern (null or empty: any id).
//
//   Request => [state] [producerId] durationMs (v1+) pattern (v2+)   producerId, durationMs => INT64   pattern => NULLABLE_STRING
//   Response => throttleTimeMs errorCode [unknownState] [transactionalId producerId state]

import { steadyNow } from '../steady-clock.ts';
import { matching } from '../transaction/id-pattern.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const ANY_DURATION = -1;
const STATES: readonly string[] = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
] satisfies Transaction['state'][];

async function handle(request: Request, { transactions }: Context): Promise<Writer> {
  const { body, version } = request;
  const states = new Set(body.array(() => body.string()));
  const producers = new Set(body.array(() => body.int64()));
  const durationMs = version >= 1 ? body.int64() : ANY_DURATION;
  const pattern = version >= 2 ? (body.nullableString() ?? '') : '';
  const now = steadyNow();
  const isAsked = ({ state, producerId, startedAt }: Transaction) =>
    (states.size === 0 || states.has(state)) &&
    (producers.size === 0 || producers.has(producerId)) &&
    (durationMs < 0 || (startedAt >= 0 && now - startedAt > durationMs));
  const found = transactions.all().filter(isAsked);
  const listed = pattern === '' ? found : await matching(found, pattern);
  const unknown = [...states].filter((state) => !STATES.includes(state));
  const writer = answerTo(request).int32(NO_THROTTLE);
  writer.int16(listed ? ErrorCode.NONE : ErrorCode.INVALID_REGULAR_EXPRESSION);
  writer.array(unknown, (state) => writer.string(state));
  return writer.structs(listed ?? [], ({ id, producerId, state }) =>
    writer.string(id).int64(producerId).string(state),
  );
}

export const listTransactions: Api = {
  key: 66,
  name: 'ListTransactions',
  min: 0,
  max: 2,
  flexibleFrom: 0,
  handle,
};
