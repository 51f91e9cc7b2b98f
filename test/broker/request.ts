// Requests as bytes, and their answers without headers: frames, headers and which versions are flexible, for clients with and without
// a socket. Each test brings its own request and reads its own answer.

import { expect } from 'vitest';
import { isFlexible } from '../../src/broker/api/api.ts';
import { APIS } from '../../src/broker/api/apis.ts';
import type { Reader } from '../../src/broker/wire/reader.ts';
import { Writer } from '../../src/broker/wire/writer.ts';

const API_VERSIONS = 18;

/** Whoever asks a broker; resolves with the answer's body. */
export type Asking = {
  ask(apiKey: number, version: number, body?: (writer: Writer) => void): Promise<Reader>;
};

/** Whether the embedded broker's table has this version, and as a flexible one. */
function isFlexibleVersion(apiKey: number, version: number): boolean {
  const api = APIS.find(({ key }) => key === apiKey);
  return api !== undefined && version <= api.max && isFlexible(api, version);
}

/** One whole request as bytes. */
export function request(
  apiKey: number,
  version: number,
  correlationId: number,
  body: (writer: Writer) => void,
): Buffer {
  const writer = new Writer(apiKey * 0x10000 + (version & 0xffff)).int32(correlationId).string('wire-client');
  if (isFlexibleVersion(apiKey, version)) writer.flexible().tags();
  body(writer);
  return Buffer.concat(writer.finish());
}

/** Reads the header of an answer behind its correlation id; that of ApiVersions has no tagged fields in any version. */
export function readAnswerHead(apiKey: number, version: number, answer: Reader): void {
  if (!isFlexibleVersion(apiKey, version)) return;
  if (apiKey === API_VERSIONS) answer.isFlexible = true;
  else answer.beginFlexible();
}

/** What is read of an answer, to its last byte. */
export function whole<T>(answer: Reader, read: (answer: Reader) => T): T {
  const found = read(answer);
  answer.tags();
  expect(answer.position, 'bytes that were read').toBe(answer.end);
  return found;
}
