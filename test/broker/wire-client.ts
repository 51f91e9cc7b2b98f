// A client of single requests, for what the libraries hide: error codes, odd versions, broken frames. It knows
// only frames, headers and which versions are flexible; each test brings its own request and reads its own answer.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { isFlexible } from '../../src/broker/api/api.ts';
import { APIS } from '../../src/broker/api/apis.ts';
import { Frames } from '../../src/broker/server/frames.ts';
import { Reader } from '../../src/broker/wire/reader.ts';
import { Writer } from '../../src/broker/wire/writer.ts';

const MAX_ANSWER = 2 ** 30;
const API_VERSIONS = 18;

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
  const writer = new Writer(apiKey * 0x10000 + version).int32(correlationId).string('wire-client');
  if (isFlexibleVersion(apiKey, version)) writer.flexible().tags();
  body(writer);
  return Buffer.concat(writer.finish());
}

/** The header of ApiVersions' answer has no tagged fields in any version. */
function beginFlexible(apiKey: number, answer: Reader): void {
  if (apiKey === API_VERSIONS) answer.isFlexible = true;
  else answer.beginFlexible();
}

export class WireClient {
  readonly socket: Socket;
  /** Resolves when the broker has closed the connection. */
  readonly closed: Promise<void>;
  #frames = new Frames(MAX_ANSWER, () => true);
  #waiting = new Map<number, (answer: Reader) => void>();
  #last = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {}); // a reset is one way to be refused
    socket.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      for (let frame = this.#frames.next(); frame; frame = this.#frames.next())
        this.#answered(new Reader(frame));
    });
  }

  #answered(answer: Reader): void {
    const correlationId = answer.int32();
    this.#waiting.get(correlationId)?.(answer);
    this.#waiting.delete(correlationId);
  }

  /** Sends a request; resolves with the answer's body, rejects if the connection closes first. */
  ask(apiKey: number, version: number, body: (writer: Writer) => void = () => {}): Promise<Reader> {
    const correlationId = ++this.#last;
    const answer = new Promise<Reader>((resolve) =>
      this.#waiting.set(correlationId, (reader) => {
        if (isFlexibleVersion(apiKey, version)) beginFlexible(apiKey, reader);
        resolve(reader);
      }),
    );
    this.socket.write(request(apiKey, version, correlationId, body));
    const refused = this.closed.then(() => Promise.reject(new Error('the broker closed the connection')));
    return Promise.race([answer, refused]);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Connects to a port of this machine; closed when the test ends. */
export async function wireClient(port: number): Promise<WireClient> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const client = new WireClient(socket);
  onTestFinished(() => client.close());
  return client;
}
