// DeleteTopics: v1-6
//
// Behaviour:
// * Every group's offsets of the topic are deleted in one write with it, so that a new topic of its name does not inherit them;
//   its records are deleted, and waiting fetches wake.
//
// Version notes: v4 is flexible, v5 adds a message, v6 accepts topic ids instead of names; v2 and v3 are v1.
//
//   Request v1-5 => [topic] timeoutMs   v6+ => [topic topicId] timeoutMs
//   Response => throttleTimeMs [topic topicId (v6+) errorCode errorMessage (v5+)]
//     topic => NULLABLE_STRING from v6 on   topicId => UUID   errorMessage => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, type Request } from './api.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

const TOPIC_IDS_FROM = 6;

/** A requested topic; by its id where the name is null. */
type Asked = { readonly name: string | null; readonly id: string };

function read(body: Reader, version: number): Asked[] {
  if (version < TOPIC_IDS_FROM) {
    return [...new Set(body.array(() => body.string()))].map((name) => ({ name, id: NO_TOPIC_ID }));
  }
  const asked = body.structs(() => ({ name: body.nullableString(), id: body.uuid() }));
  return [...new Map(asked.map((one) => [one.name ?? `${one.id}/`, one])).values()]; // no name has a slash
}

type Deleted = Asked & { readonly error: ErrorCode; readonly message: string | null };

/** Deletes a topic, which the result names where it exists, or returns the error. */
function remove({ name, id }: Asked, { groups, settings, topics }: Context): Deleted {
  const topic = topics.get(name ?? topics.nameOf(id) ?? '');
  if (topic === undefined) {
    const error = name === null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    return { name, id, error, message: 'there is no such topic' };
  }
  const deleted = { name: topic.name, id: topic.id };
  try {
    groups.forgetTopic(topic.name, (changes) => topics.delete(topic.name, changes));
  } catch (error) {
    settings.log.error({ topic: topic.name, error }, 'cannot delete a topic');
    const message = 'the broker cannot write to its folder';
    return { ...deleted, error: ErrorCode.KAFKA_STORAGE_ERROR, message };
  }
  return { ...deleted, error: ErrorCode.NONE, message: null };
}

function handle(request: Request, context: Context): Writer {
  const { body, version } = request;
  const asked = read(body, version);
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs(asked, (one) => {
    const { name, id, error, message } = remove(one, context);
    writer.string(name);
    if (version >= TOPIC_IDS_FROM) writer.uuid(id);
    writer.int16(error);
    if (version >= 5) writer.string(message);
  });
}

export const deleteTopics: Api = { key: 20, name: 'DeleteTopics', min: 1, max: 6, flexibleFrom: 4, handle };
