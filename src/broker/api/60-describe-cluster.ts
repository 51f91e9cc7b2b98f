// DescribeCluster: v0-2
//
// Behaviour:
// * Lists the one node, which is also the controller, at the address at which this client reached it, unless another one is
//   advertised. Controllers have no endpoints of their own.
// * Every operation is authorized (authorized-operations.ts).
//
// Version notes: every version is flexible; v1 adds the endpoint type, v2 whether a broker is fenced (never).
//
//   Request => includeOperations endpointType (v1+) includeFenced (v2+)
//     endpointType => INT8   includeOperations, includeFenced => BOOLEAN
//   Response => throttleTimeMs errorCode errorMessage endpointType (v1+) clusterId controllerId
//               [nodeId host port rack isFenced (v2+)] operations
//     errorMessage, rack => NULLABLE_STRING   controllerId, nodeId, port, operations => INT32   isFenced => BOOLEAN

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';
import { ALL_OPERATIONS, NOT_ASKED } from './authorized-operations.ts';

const BROKERS = 1;

function handle(request: Request, { clusterId }: Context): Writer {
  const { body, client, version } = request;
  const operations = body.boolean() ? ALL_OPERATIONS.cluster : NOT_ASKED;
  const endpoints = version >= 1 ? body.int8() : BROKERS;
  const isRight = endpoints === BROKERS;
  const writer = answerTo(request).int32(NO_THROTTLE);
  writer.int16(isRight ? ErrorCode.NONE : ErrorCode.MISMATCHED_ENDPOINT_TYPE);
  writer.string(isRight ? null : `received endpoint type ${endpoints}, expected ${BROKERS}: brokers`);
  if (version >= 1) writer.int8(endpoints);
  writer.string(clusterId).int32(NODE_ID);
  writer.structs(isRight ? [client.advertised] : [], ({ host, port }) => {
    writer.int32(NODE_ID).string(host).int32(port).string(null); // rack
    if (version >= 2) writer.boolean(false);
  });
  return writer.int32(operations);
}

export const describeCluster: Api = {
  key: 60,
  name: 'DescribeCluster',
  min: 0,
  max: 2,
  flexibleFrom: 0,
  handle,
};
