// DescribeQuorum: v0-2
//
// Behaviour:
// * The one node leads a quorum of itself. The journal holds what Apache Kafka stores in the topic __cluster_metadata, and its
//   size in bytes stands for the offsets. Another topic or partition is UNKNOWN_TOPIC_OR_PARTITION.
//
// Version notes: every version is flexible; v1 adds the times of voters, v2 messages, directories and the nodes.
//
//   Request => [topic [partition]]   partition => INT32
//   Response => errorCode errorMessage (v2+)
//               [topic [partition errorCode errorMessage (v2+) leaderId leaderEpoch highWatermark [Replica] [Replica]]]
//               [nodeId [listener host port]] (v2+)
//   Replica => replicaId directoryId (v2+) logEndOffset lastFetchMs (v1+) lastCaughtUpMs (v1+)
//     errorMessage => NULLABLE_STRING   partition, leaderId, leaderEpoch, nodeId, replicaId => INT32   directoryId => UUID
//     highWatermark, logEndOffset, lastFetchMs, lastCaughtUpMs => INT64   port => UINT16

import { LEADER_EPOCH } from '../log/partition-log.ts';
import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NODE_ID, type Request } from './api.ts';
import { NO_TOPIC_ID } from './topic-reference.ts';

const METADATA = '__cluster_metadata';
const NO_DIRECTORY = NO_TOPIC_ID;
const LISTENER = 'PLAINTEXT';
const UNKNOWN = { node: -1, epoch: -1, end: -1, voters: [] as number[] };

function handle(request: Request, { journal }: Context): Writer {
  const { body, version, client } = request;
  const asked = body.structs(() => ({ topic: body.string(), partitions: body.structs(() => body.int32()) }));
  const known = { node: NODE_ID, epoch: LEADER_EPOCH, end: journal.bytes, voters: [NODE_ID] };
  const now = Date.now();
  const writer = answerTo(request).int16(ErrorCode.NONE);
  if (version >= 2) writer.string(null);
  const writeVoter = (voter: number) => {
    writer.int32(voter);
    if (version >= 2) writer.uuid(NO_DIRECTORY);
    writer.int64(known.end);
    if (version >= 1) writer.int64(now).int64(now);
  };
  writer.structs(asked, ({ topic, partitions }) => {
    writer.string(topic).structs(partitions, (partition) => {
      const isKnown = topic === METADATA && partition === 0;
      const { node, epoch, end, voters } = isKnown ? known : UNKNOWN;
      writer.int32(partition).int16(isKnown ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      if (version >= 2) writer.string(isKnown ? null : `expected partition 0 of ${METADATA}`);
      writer.int32(node).int32(epoch).int64(end);
      writer.structs(voters, writeVoter).structs([], () => {}); // no observers
    });
  });
  if (version < 2) return writer;
  return writer.structs([client.advertised], ({ host, port }) => {
    const signed = port > 0x7fff ? port - 0x10000 : port;
    writer.int32(NODE_ID).structs([LISTENER], (name) => writer.string(name).string(host).int16(signed));
  });
}

export const describeQuorum: Api = {
  key: 55,
  name: 'DescribeQuorum',
  min: 0,
  max: 2,
  flexibleFrom: 0,
  handle,
};
