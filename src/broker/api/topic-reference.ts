// A topic in a request and its response: by name or, in later versions, by id (KIP-516).
//
//   TopicReference => topic | topicId     topicId => UUID

import type { Topics } from '../log/topics.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';

export const NO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA'; // sixteen bytes of 0

export type TopicReference = {
  /** Undefined for an id that no topic has. */
  readonly topic: string | undefined;
  /** Null where the request has a name. */
  readonly id: string | null;
};

/** Reads a topic's id if `hasId`, else its name. */
export function readReference(body: Reader, hasId: boolean, topics: Topics): TopicReference {
  if (!hasId) return { topic: body.string(), id: null };
  const id = body.uuid();
  return { topic: topics.nameOf(id), id };
}

export function writeReference(writer: Writer, { topic, id }: TopicReference): Writer {
  return id === null ? writer.string(topic ?? '') : writer.uuid(id);
}

/** The error of a partition that does not exist. */
export function unknownError({ topic }: TopicReference): ErrorCode {
  return topic === undefined ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}
