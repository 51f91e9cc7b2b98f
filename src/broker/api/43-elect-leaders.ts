// ElectLeaders: v0-2
//
// Behaviour:
// * The one node leads every partition already, so none needs an election (ELECTION_NOT_NEEDED). A null list, for all
//   partitions, gets an empty response, as in Apache Kafka.
//
// Version notes: v1 adds the election type and an error for the whole response, v2 is flexible.
//
//   Request => electionType (v1+) [topic [partition]] (nullable) timeoutMs
//     electionType => INT8, 0 preferred, 1 unclean   partition, timeoutMs => INT32
//   Response => throttleTimeMs errorCode (v1+) [topic [partition errorCode errorMessage]]
//     errorMessage => NULLABLE_STRING

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

const TYPES: readonly number[] = [0, 1];

function handle(request: Request, { topics }: Context): Writer {
  const { body, version } = request;
  const type = version >= 1 ? body.int8() : 0;
  const asked = body.nullableStructs(() => ({
    topic: body.string(),
    partitions: body.array(() => body.int32()),
  }));
  const isKnown = TYPES.includes(type);
  const writer = answerTo(request).int32(NO_THROTTLE);
  if (version >= 1) writer.int16(isKnown ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST);
  return writer.structs(isKnown ? (asked ?? []) : [], ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, (partition) => {
      const isHere = topics.partition(topic, partition) !== undefined;
      writer.int32(partition);
      writer.int16(isHere ? ErrorCode.ELECTION_NOT_NEEDED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      writer.string(isHere ? `node ${NODE_ID} leads it already` : 'there is no such partition');
    });
  });
}

export const electLeaders: Api = { key: 43, name: 'ElectLeaders', min: 0, max: 2, flexibleFrom: 2, handle };
