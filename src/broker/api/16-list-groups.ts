// ListGroups: v0-5
//
// Behaviour:
// * Lists groups with members or with committed offsets, filtered by the request's states and types, if any. Every group is
//   of the type 'classic'.
//
// Version notes: v1 adds the throttle time, v3 is flexible, v4 adds states, v5 types; v2 is v1.
//
//   Request => [state] (v4+) [type] (v5+)
//   Response => throttleTimeMs (v1+) errorCode [groupId protocolType state (v4+) type (v5+)]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const TYPE = 'classic';

/** A case-insensitive filter by a list of names; an empty list passes every name. */
function readFilter(body: Reader): (name: string) => boolean {
  const names = new Set(body.array(() => body.string().toLowerCase()));
  return (name) => names.size === 0 || names.has(name.toLowerCase());
}

function handle(request: Request, { groups }: Context): Writer {
  const { body, version } = request;
  const isState = version >= 4 ? readFilter(body) : () => true;
  const isType = version >= 5 ? readFilter(body) : () => true;
  const listed = isType(TYPE) ? groups.all().filter(({ state }) => isState(state)) : [];
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  return writer.int16(ErrorCode.NONE).structs(listed, ({ id, protocolType, state }) => {
    writer.string(id).string(protocolType);
    if (version >= 4) writer.string(state);
    if (version >= 5) writer.string(TYPE);
  });
}

export const listGroups: Api = { key: 16, name: 'ListGroups', min: 0, max: 5, flexibleFrom: 3, handle };
