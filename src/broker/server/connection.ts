// One client's connection. Requests are served one at a time and in order, as in Apache Kafka, so a connection holds at most
// one request and one response. It stops reading while the client leaves responses unread, while a request waits, and while
// there is no memory for a large frame. A malformed request closes its own connection and no other.

import type { Socket } from 'node:net';
import { type Client, type Context, RefusedRequest } from '../api/api.ts';
import { dispatch } from '../api/dispatch.ts';
import { FREE } from '../memory-budget.ts';
import { steadyNow } from '../steady-clock.ts';
import { MalformedRequest, Reader } from '../wire/reader.ts';
import { readHeader } from '../wire/request-header.ts';
import type { Writer } from '../wire/writer.ts';
import { Frames } from './frames.ts';
import { Pace } from './pace.ts';

const MAX_BACKLOG = 64 * 1024; // bytes read ahead of the request being served
const MAPPED_V4 = /^::ffff:/; // prefix of an IPv4 address on a dual-stack socket

export class Connection {
  readonly #socket: Socket;
  readonly #context: Context;
  readonly #frames: Frames;
  readonly #client: Client;
  #busy = false; // a request waits for its response
  readonly #incoming = new Pace(); // the frame being collected or served, while it holds memory of the budget
  readonly #outgoing = new Pace(); // the responses that hold memory of the budget
  #asked = 0; // bytes requested from the budget and not granted yet
  #lastMove = { at: steadyNow(), bytes: 0 };

  constructor(socket: Socket, context: Context) {
    this.#socket = socket;
    this.#context = context;
    this.#frames = new Frames(context.settings.maxFrameBytes, (bytes) => this.#reserve(bytes));
    this.#client = clientOf(socket, context);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#frames.push(chunk);
      this.#serve();
    });
    socket.on('drain', () => this.#serve());
    socket.on('error', (error) =>
      context.settings.log.debug({ client: this.#client.host, error }, 'connection failed'),
    );
    socket.on('close', () => this.#closed());
  }

  /** Serves the whole frames received, with their responses in one write, until a request has to wait. */
  #serve(): void {
    this.#socket.cork();
    try {
      while (!this.#busy && !this.#socket.writableNeedDrain && this.#socket.writable) {
        const frame = this.#frames.next();
        if (frame === null) break;
        this.#serveOne(frame);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#socket.uncork();
    this.#readOrNot();
  }

  #readOrNot(): void {
    const full = this.#frames.waiting > MAX_BACKLOG || this.#asked > 0;
    if (full && !this.#socket.isPaused()) this.#socket.pause();
    else if (!full && this.#socket.isPaused()) this.#socket.resume();
  }

  #serveOne(frame: Buffer): void {
    const body = new Reader(frame);
    const header = readHeader(body);
    const answer = dispatch(
      header,
      { ...header, version: header.apiVersion, body, client: this.#client },
      this.#context,
    );
    if (!(answer instanceof Promise)) {
      this.#send(answer);
      return;
    }
    this.#busy = true;
    answer.then(
      (writer) => {
        this.#busy = false;
        this.#send(writer);
        this.#serve();
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #send(writer: Writer | null): void {
    this.#release();
    if (writer === null || this.#socket.destroyed) return;
    const pieces = writer.finish();
    const last = pieces.pop();
    for (const piece of pieces) this.#socket.write(piece);
    if (last === undefined) return;
    if (writer.length <= FREE) this.#socket.write(last);
    else this.#sendLarge(last, writer.length);
  }

  /** Sends the last piece of a response of `length` bytes, which are returned to the budget once the kernel has taken them. */
  #sendLarge(last: Buffer, length: number): void {
    const { memory } = this.#context;
    memory.take(length);
    this.#outgoing.begin(length, steadyNow());
    this.#socket.write(last, () => {
      memory.give(length);
      this.#outgoing.end(length);
    });
  }

  /** Takes memory for a frame of `bytes`; false if it has to wait. */
  #reserve(bytes: number): boolean {
    if (bytes <= FREE || this.#incoming.bytes === bytes) return true;
    if (this.#asked === 0 && this.#context.memory.request(bytes, this.#granted)) {
      this.#incoming.begin(bytes, steadyNow());
      return true;
    }
    this.#asked = bytes;
    return false;
  }

  readonly #granted = (): void => {
    this.#incoming.begin(this.#asked, steadyNow());
    this.#asked = 0;
    setImmediate(() => this.#serve());
  };

  #release(): void {
    const bytes = this.#incoming.end();
    if (bytes > 0) this.#context.memory.give(bytes);
  }

  #fail(error: unknown): void {
    const { log } = this.#context.settings;
    const details = { client: this.#client.host, error };
    if (error instanceof MalformedRequest || error instanceof RefusedRequest) {
      log.warn(details, `closed a connection after a malformed or refused request: ${error.message}`);
    } else {
      log.error(details, 'closed a connection: a request failed');
    }
    this.#socket.destroySoon(); // after the responses to earlier requests
  }

  #closed(): void {
    if (this.#asked > 0) this.#context.memory.leave(this.#granted);
    this.#asked = 0;
    this.#release();
    for (const tell of this.#client.closed) tell();
  }

  /** Closes the connection if it was idle, stalled in the middle of a frame, or too slow with one. `now` is of steadyNow(). */
  sweep(now: number): void {
    const { idleTimeoutMs, stallTimeoutMs, log } = this.#context.settings;
    const bytes = this.#socket.bytesRead + this.#socket.bytesWritten - this.#socket.writableLength;
    if (bytes !== this.#lastMove.bytes || this.#busy || this.#asked > 0) this.#lastMove = { at: now, bytes };
    const isStuck = this.#frames.isMidFrame || this.#socket.writableLength > 0;
    const isSilent = now - this.#lastMove.at >= (isStuck ? stallTimeoutMs : idleTimeoutMs);
    const isSlowReader = this.#outgoing.isTooSlow(now, stallTimeoutMs);
    const isSlowWriter = !this.#busy && this.#incoming.isTooSlow(now, stallTimeoutMs);
    if (!isSilent && !isSlowReader && !isSlowWriter) return;
    log.debug(
      { client: this.#client.host, isSilent, isSlowReader, isSlowWriter },
      'closed a slow connection',
    );
    this.#socket.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function clientOf(socket: Socket, { settings }: Context): Client {
  const local = (socket.localAddress ?? settings.host).replace(MAPPED_V4, '');
  return {
    host: `/${(socket.remoteAddress ?? '').replace(MAPPED_V4, '')}`,
    advertised: { host: settings.advertisedHost ?? local, port: socket.localPort ?? settings.port },
    closed: new Set(),
  };
}
