// Sockets for kafkajs that are destroyed where they are half-open. kafkajs 2.2.4 times out a request and sends the next one over
// the same connection (network/requestQueue), so that a half-open connection would be used until TCP gives up, a quarter of an
// hour later. The next request replaces a connection that was destroyed.

import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { socketTo } from '../runtime/detour.ts';
import { endOnResponseTimeout } from '../runtime/response-timeout.ts';

const KEEP_ALIVE_MS = 10_000;
/** Where the API key is in a request: behind its int32 of size. */
const API_KEY_AT = 4;
/** JoinGroup and SyncGroup are answered once the other members have joined, which may take a minute. */
const WAITING_FOR_MEMBERS: readonly number[] = [11, 14];
const MEMBERS_MS = 70_000;

/**
 * Makes sockets for kafkajs.
 * @param answerMs milliseconds in which the answer to a request has to begin; more than kafkajs's own time for a request
 */
export function watchedSockets(answerMs: number): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const wire = socketTo('kafka').connect(port, host);
    const socket = ssl ? connectTls({ socket: wire, ...servername, ...ssl }, onConnect) : wire;
    if (!ssl) wire.once('connect', onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // The end of a large request would wait until the other side has acknowledged the rest, 40 ms at times.
    wire.setNoDelay(true);
    endOnResponseTimeout(socket, timeoutOf(socket, answerMs));
    return socket;
  };
}

/** How long the request that was written last may take. */
function timeoutOf(socket: Socket, answerMs: number): () => number {
  let timeoutMs = answerMs;
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  const noting = (request: unknown, ...rest: unknown[]) => {
    const key =
      Buffer.isBuffer(request) && request.length > API_KEY_AT + 2 ? request.readInt16BE(API_KEY_AT) : -1;
    timeoutMs = WAITING_FOR_MEMBERS.includes(key) ? Math.max(MEMBERS_MS, answerMs) : answerMs;
    return write(request, ...rest);
  };
  socket.write = noting as Socket['write'];
  return () => timeoutMs;
}
