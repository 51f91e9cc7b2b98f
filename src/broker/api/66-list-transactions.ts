// ListTransactions: v0-1
//
// Behaviour:
// * Lists transactional ids, filtered by states and producers where the request has some. Unknown states are returned.
//
// Version notes: v1 adds the least duration of an open transaction, ms; −1 lists all.
//
//   Request => [state] [producerId] durationMs (v1+)   producerId, durationMs => INT64
//   Response => throttleTimeMs errorCode [unknownState] [transactionalId producerId state]

import { steadyNow } from '../steady-clock.ts';
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

function handle(request: Request, { transactions }: Context): Writer {
  const { body, version } = request;
  const states = new Set(body.array(() => body.string()));
  const producers = new Set(body.array(() => body.int64()));
  const durationMs = version >= 1 ? body.int64() : ANY_DURATION;
  const now = steadyNow();
  const isAsked = ({ state, producerId, startedAt }: Transaction) =>
    (states.size === 0 || states.has(state)) &&
    (producers.size === 0 || producers.has(producerId)) &&
    (durationMs < 0 || (startedAt >= 0 && now - startedAt > durationMs));
  const unknown = [...states].filter((state) => !STATES.includes(state));
  const writer = answerTo(request).int32(NO_THROTTLE).int16(ErrorCode.NONE);
  writer.array(unknown, (state) => writer.string(state));
  return writer.structs(transactions.all().filter(isAsked), ({ id, producerId, state }) =>
    writer.string(id).int64(producerId).string(state),
  );
}

export const listTransactions: Api = {
  key: 66,
  name: 'ListTransactions',
  min: 0,
  max: 1,
  flexibleFrom: 0,
  handle,
};
