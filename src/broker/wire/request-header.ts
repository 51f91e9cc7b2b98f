// The header of every request.
//
//   RequestHeader v1 => apiKey apiVersion correlationId clientId
//     apiKey, apiVersion => INT16   correlationId => INT32   clientId => NULLABLE_STRING
//
// v2, of flexible versions, adds tagged fields after these (Reader.beginFlexible); the client id is never compact.

import type { Reader } from './reader.ts';

export type RequestHeader = {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string;
};

/** Reads the header as v1; a null client id becomes empty. */
export function readHeader(reader: Reader): RequestHeader {
  const apiKey = reader.int16();
  const apiVersion = reader.int16();
  const correlationId = reader.int32();
  return { apiKey, apiVersion, correlationId, clientId: reader.nullableString() ?? '' };
}
