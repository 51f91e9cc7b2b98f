// CreatePartitions: v0-3
//
// Behaviour:
// * The number of a topic's partitions is increased, never decreased; records stay where they are, and later records of a key
//   may go to another partition.
// * An assignment, if there is one, must name node 0 alone for each new partition.
//
// Version notes: v2 is flexible, v3 only adds an error; v1 is v0.
//
//   Request => [name count [[brokerId]] (nullable)] timeoutMs validateOnly     count, brokerId, timeoutMs => INT32
//   Response => throttleTimeMs [name errorCode errorMessage]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';
import { namedTwice } from './named-twice.ts';

const MAX_PARTITIONS = 100_000;

type Wanted = {
  readonly name: string;
  readonly count: number;
  readonly assignments: readonly (readonly number[])[] | null;
};
type Problem = { readonly error: ErrorCode; readonly message: string };

const problem = (error: ErrorCode, message: string): Problem => ({ error, message });

function problemOf({ name, count, assignments }: Wanted, { topics, settings }: Context): Problem | null {
  const topic = topics.get(name);
  if (topic === undefined) return problem(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'there is no such topic');
  const { length: now } = topic.partitions;
  if (count <= now || count > MAX_PARTITIONS)
    return problem(
      ErrorCode.INVALID_PARTITIONS,
      `received ${count} partitions, expected ${now + 1} to ${MAX_PARTITIONS}: there are ${now}`,
    );
  const isHere = (nodes: readonly number[]) => nodes.length === 1 && nodes[0] === NODE_ID;
  if (assignments !== null && (assignments.length !== count - now || !assignments.every(isHere)))
    return problem(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `expected an assignment of each of the ${count - now} new partitions to node ${NODE_ID} alone`,
    );
  if (topics.hasRoomFor(count - now)) return null;
  return problem(
    ErrorCode.POLICY_VIOLATION,
    `this broker holds at most ${settings.maxPartitions} partitions`,
  );
}

function handle(request: Request, context: Context): Writer {
  const { body } = request;
  const wanted = body.structs(() => ({
    name: body.string(),
    count: body.int32(),
    assignments: body.nullableStructs(() => body.array(() => body.int32())),
  }));
  body.int32(); // timeout: nothing is waited for
  const validateOnly = body.boolean();
  const twice = namedTwice(wanted.map(({ name }) => name));
  const names = new Map(wanted.map((one) => [one.name, one]));
  const writer = answerTo(request).int32(NO_THROTTLE);
  return writer.structs([...names.values()], (one) => {
    const found = twice.has(one.name)
      ? problem(ErrorCode.INVALID_REQUEST, `topic '${one.name}' is named twice`)
      : problemOf(one, context);
    const isMade =
      found !== null || validateOnly || context.topics.addPartitions(one.name, one.count, Date.now());
    const failed = isMade
      ? found
      : problem(ErrorCode.KAFKA_STORAGE_ERROR, 'the broker cannot write to its folder');
    writer.string(one.name).int16(failed?.error ?? ErrorCode.NONE);
    writer.string(failed?.message ?? null);
  });
}

export const createPartitions: Api = {
  key: 37,
  name: 'CreatePartitions',
  min: 0,
  max: 3,
  flexibleFrom: 2,
  handle,
};
