// DeleteTopics: v1
//
// Behaviour:
// * The records and every group's committed offsets of the topic go with it; waiting fetches are told.
//
//   Request => [name] timeoutMs
//   Response => throttleTimeMs [name errorCode]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

function handle(request: Request, { groups, topics }: Context): Writer {
  const names = request.body.array(() => request.body.string());
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs([...new Set(names)], (name) => {
    const existed = topics.delete(name);
    if (existed) groups.forgetTopic(name);
    writer.string(name).int16(existed ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  });
}

export const deleteTopics: Api = { key: 20, name: 'DeleteTopics', min: 1, max: 1, handle };
