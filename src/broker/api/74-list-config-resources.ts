// ListConfigResources: v0-1
//
// Behaviour:
// * Lists the resources with settings: the topics and the broker. There are no settings of groups or client metrics.
// * Other resource types are UNSUPPORTED_VERSION, as in Apache Kafka.
//
// Version notes: v0 is ListClientMetricsResources, without types; v1 adds them, where an empty list asks for all.
//
//   Request => [resourceType] (v1+)   resourceType => INT8
//   Response => throttleTimeMs errorCode [resourceName resourceType (v1+)]

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, type Context, NO_THROTTLE, NODE_ID, type Request } from './api.ts';

const TOPIC = 2;
const BROKER = 4;
const BROKER_LOGGER = 8;
const CLIENT_METRICS = 16;
const GROUP = 32;
const TYPES: readonly number[] = [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP];

function namesOf(type: number, { topics }: Context): string[] {
  if (type === TOPIC) return topics.all().map(({ name }) => name);
  return type === BROKER || type === BROKER_LOGGER ? [String(NODE_ID)] : [];
}

function handle(request: Request, context: Context): Writer {
  const { body, version } = request;
  const listed = version === 0 ? [CLIENT_METRICS] : body.array(() => body.int8());
  const types = listed.length > 0 ? new Set(listed) : new Set(TYPES);
  const isKnown = [...types].every((type) => TYPES.includes(type));
  const writer = answerTo(request).int32(NO_THROTTLE);
  writer.int16(isKnown ? ErrorCode.NONE : ErrorCode.UNSUPPORTED_VERSION);
  const found = [...(isKnown ? types : [])].flatMap((type) =>
    namesOf(type, context).map((name) => ({ name, type })),
  );
  return writer.structs(found, ({ name, type }) => {
    writer.string(name);
    if (version >= 1) writer.int8(type);
  });
}

export const listConfigResources: Api = {
  key: 74,
  name: 'ListConfigResources',
  min: 0,
  max: 1,
  flexibleFrom: 0,
  handle,
};
