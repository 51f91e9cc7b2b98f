// LeaveGroup: v0-5
//
// Behaviour:
// * The remaining members rebalance at once, without waiting for the session timeout.
// * An administrator removes a static member by its instance id alone (v3+).
//
// Version notes: v1 adds the throttle time, v3 takes several members, v4 is flexible, v5 adds the reason (for logs,
// ignored); v2 is v1.
//
//   Request v0-2 => groupId memberId   v3+ => groupId [memberId instanceId reason (v5+)]
//     instanceId, reason => NULLABLE_STRING
//   Response => throttleTimeMs (v1+) errorCode [memberId instanceId errorCode] (v3+)

import type { Groups } from '../group/coordinator.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

const SEVERAL_FROM = 3;

type Leaver = { readonly memberId: string; readonly instanceId: string | null };

function read(body: Reader, version: number): Leaver[] {
  if (version < SEVERAL_FROM) return [{ memberId: body.string(), instanceId: null }];
  return body.structs(() => {
    const leaver = { memberId: body.string(), instanceId: body.nullableString() };
    if (version >= 5) body.nullableString(); // the reason
    return leaver;
  });
}

/** Passes on only members that the group has, each once: the group searches all its members for each, and a request may name 100,000. */
async function leaveAll(groupId: string, leavers: readonly Leaver[], groups: Groups): Promise<ErrorCode[]> {
  const group = groups.get(groupId);
  const ids = new Set([...(group?.members.keys() ?? []), ...(group?.pending.keys() ?? [])]);
  const statics = new Map<string, string>();
  for (const { id, instanceId } of group?.members.values() ?? [])
    if (instanceId !== null) statics.set(instanceId, id);
  const errors: ErrorCode[] = [];
  for (const leaver of leavers) {
    const { memberId, instanceId } = leaver;
    const id = instanceId === null ? memberId : statics.get(instanceId);
    if (id === undefined || !ids.has(id)) errors.push(ErrorCode.UNKNOWN_MEMBER_ID);
    else if (instanceId !== null && memberId !== '' && memberId !== id)
      errors.push(ErrorCode.FENCED_INSTANCE_ID);
    else {
      ids.delete(id);
      errors.push(await groups.leave(groupId, { kind: 'leave', ...leaver }));
    }
  }
  return errors;
}

async function handle(request: Request, { groups }: Context): Promise<Writer> {
  const { body, version } = request;
  const groupId = body.string();
  const leavers = read(body, version);
  const errors = await leaveAll(groupId, leavers, groups);
  const writer = answerTo(request);
  if (version >= 1) writer.int32(NO_THROTTLE);
  if (version < SEVERAL_FROM) return writer.int16(errors[0] ?? ErrorCode.NONE);
  const left = leavers.map((leaver, index) => ({ ...leaver, error: errors[index] ?? ErrorCode.NONE }));
  writer.int16(ErrorCode.NONE);
  return writer.structs(left, ({ memberId, instanceId, error }) => {
    writer.string(memberId).string(instanceId).int16(error);
  });
}

export const leaveGroup: Api = { key: 13, name: 'LeaveGroup', min: 0, max: 5, flexibleFrom: 4, handle };
