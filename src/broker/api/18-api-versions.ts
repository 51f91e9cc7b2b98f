// ApiVersions: v0-2
//
// Behaviour:
// * Lists every API of apis.ts with its versions; it needs no list of its own.
// * A version above 2 is answered in the shape of v0 with UNSUPPORTED_VERSION and the list; librdkafka and Java
//   then ask again with a version from it (KIP-511).
//
// Version notes: v1 adds the throttle time; v2 is v1.
//
//   Request => (nothing)
//   Response v0 => errorCode [apiKey minVersion maxVersion], all INT16   v1+ => … throttleTimeMs (INT32)

import { ErrorCode } from '../wire/error-codes.ts';
import type { Writer } from '../wire/writer.ts';
import { type Api, answerTo, NO_THROTTLE, type Request } from './api.ts';

function write(request: Request, error: ErrorCode, apis: readonly Api[]): Writer {
  const writer = answerTo(request).int16(error);
  return writer.array(apis, ({ key, min, max }) => writer.int16(key).int16(min).int16(max));
}

export function apiVersionsOf(apis: () => readonly Api[]): Api {
  return {
    key: 18,
    name: 'ApiVersions',
    min: 0,
    max: 2,
    handle: (request) => {
      const writer = write(request, ErrorCode.NONE, apis());
      return request.version >= 1 ? writer.int32(NO_THROTTLE) : writer;
    },
  };
}

/** The answer to a version that is not spoken. */
export function unsupportedApiVersions(request: Request, apis: readonly Api[]): Writer {
  return write(request, ErrorCode.UNSUPPORTED_VERSION, apis);
}
