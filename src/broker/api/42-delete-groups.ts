// DeleteGroups: v0-2
//
// Behaviour:
// * Deletes a group without members, with its committed offsets; one with members is refused.
//
// Version notes: v2 is flexible; v1 is v0.
//
//   Request => [groupId]
//   Response => throttleTimeMs [groupId errorCode]

import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request, { groups }: Context): Writer {
  const ids = request.body.array(() => request.body.string());
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs([...new Set(ids)], (id) => writer.string(id).int16(groups.delete(id)));
}

export const deleteGroups: Api = { key: 42, name: 'DeleteGroups', min: 0, max: 2, flexibleFrom: 2, handle };
