// OffsetDelete: v0
//
// Behaviour:
// * Deletes committed offsets, except those of topics that a member of the group is subscribed to.
//
//   Request => groupId [topic [partition]]   partition => INT32
//   Response => errorCode throttleTimeMs [topic [partition errorCode]]

import { subscribedTopics } from '../group/subscription.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';

type Asked = { readonly topic: string; readonly partitions: readonly number[] };

function errorOf(
  topic: string,
  partition: number,
  taken: ReadonlySet<string>,
  { topics }: Context,
): ErrorCode {
  if (taken.has(topic)) return ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC;
  return topics.partition(topic, partition) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const groupId = body.string();
  const asked = body.structs(
    (): Asked => ({ topic: body.string(), partitions: body.array(() => body.int32()) }),
  );
  const group = context.groups.get(groupId);
  const taken = group ? subscribedTopics(group) : new Set<string>();
  const writer = answerTo(request);
  const refuse = (error: ErrorCode) =>
    writer
      .int16(error)
      .int32(NO_THROTTLE)
      .structs([], () => {});
  if (group === undefined) return refuse(ErrorCode.GROUP_ID_NOT_FOUND);
  if (taken === null) return refuse(ErrorCode.NON_EMPTY_GROUP);
  const gone = asked.flatMap(({ topic, partitions }) =>
    partitions
      .filter((partition) => errorOf(topic, partition, taken, context) === ErrorCode.NONE)
      .map((p) => `${topic}/${p}`),
  );
  const error = context.groups.forgetOffsets(groupId, new Set(gone));
  if (error !== ErrorCode.NONE) return refuse(error);
  return writer
    .int16(error)
    .int32(NO_THROTTLE)
    .structs(asked, ({ topic, partitions }) => {
      writer.string(topic).structs(partitions, (partition) => {
        writer.int32(partition).int16(errorOf(topic, partition, taken, context));
      });
    });
}

export const offsetDelete: Api = { key: 47, name: 'OffsetDelete', min: 0, max: 0, handle };
