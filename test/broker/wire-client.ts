// A client of single requests over a socket, for what the libraries hide: error codes, odd versions, broken frames (request.ts).

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { Frames } from '../../src/broker/server/frames.ts';
import { Reader } from '../../src/broker/wire/reader.ts';
import type { Writer } from '../../src/broker/wire/writer.ts';
import { type Asking, readAnswerHead, request } from './request.ts';

export { request } from './request.ts';

const MAX_ANSWER = 2 ** 30;

export class WireClient implements Asking {
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
        readAnswerHead(apiKey, version, reader);
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
