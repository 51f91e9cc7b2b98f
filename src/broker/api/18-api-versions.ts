// ApiVersions: v0-4
//
// Behaviour:
// * Lists every API of apis.ts with its versions.
// * A version above 4 gets a v0 response with UNSUPPORTED_VERSION and the list; clients then retry with a version from it
//   (KIP-511).
// * The response header is v0 in every version: a client has to read it before it knows the broker's versions.
// * A client software's name or version other than letters, digits, dots and dashes is INVALID_REQUEST, as in Apache Kafka.
//
// Version notes: v1 adds the throttle time, v3 is flexible and names the client's software; v2 is v1, v4 is v3.
//
//   Request => clientSoftwareName (v3+) clientSoftwareVersion (v3+)
//   Response => errorCode [apiKey minVersion maxVersion] throttleTimeMs (v1+)
//     apiKey, minVersion, maxVersion => INT16

import { ErrorCode } from '../wire/error-codes.ts';
import { Writer } from '../wire/writer.ts';
import { type Api, NO_THROTTLE, type Request } from './api.ts';

const FLEXIBLE_FROM = 3;
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

function write(writer: Writer, error: ErrorCode, apis: readonly Api[]): Writer {
  return writer.int16(error).structs(apis, ({ key, min, max }) => writer.int16(key).int16(min).int16(max));
}

function problem({ body, version }: Request): ErrorCode {
  if (version < FLEXIBLE_FROM) return ErrorCode.NONE;
  const isNamed = [body.string(), body.string()].every((text) => SOFTWARE.test(text));
  return isNamed ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST;
}

/** @param apis called with each request, as the list contains this API too */
export function apiVersionsOf(apis: () => readonly Api[]): Api {
  return {
    key: 18,
    name: 'ApiVersions',
    min: 0,
    max: 4,
    flexibleFrom: FLEXIBLE_FROM,
    handle: (request) => {
      const error = problem(request);
      const writer = new Writer(request.correlationId);
      if (request.version >= FLEXIBLE_FROM) writer.flexible();
      write(writer, error, error === ErrorCode.NONE ? apis() : []);
      return request.version >= 1 ? writer.int32(NO_THROTTLE) : writer;
    },
  };
}

/** The response to a version that is not supported. */
export function unsupportedApiVersions(request: Request, apis: readonly Api[]): Writer {
  return write(new Writer(request.correlationId), ErrorCode.UNSUPPORTED_VERSION, apis);
}
