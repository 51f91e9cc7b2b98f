// Sockets for kafkajs that are destroyed when they are half-open. After a request has timed out, kafkajs 2.2.4 sends the next one
// over the same connection (network/requestQueue), and would use a half-open one until TCP gives up, a quarter of an hour later. It
// replaces a destroyed connection at the next request.

import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { socketTo } from '../runtime/detour.ts';
import { endOnResponseTimeout } from '../runtime/response-timeout.ts';

const KEEP_ALIVE_MS = 10_000;
/** Position of the API key in a request: after its INT32 size. */
const API_KEY_AT = 4;
/** JoinGroup and SyncGroup, whose responses wait for the other members to join, which may take a minute. */
const WAITING_FOR_MEMBERS: readonly number[] = [11, 14];
const MEMBERS_MS = 70_000;

/**
 * The socket factory of kafkajs.
 * @param answerMs milliseconds within which the response to a request has to begin; more than kafkajs's requestTimeout
 */
export function watchedSockets(answerMs: number): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const wire = socketTo('kafka').connect(port, host);
    const socket = ssl ? connectTls({ socket: wire, ...servername, ...ssl }, onConnect) : wire;
    if (!ssl) wire.once('connect', onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // Nagle's algorithm would hold the end of a large request back until the rest is acknowledged, up to 40 ms.
    wire.setNoDelay(true);
    endOnResponseTimeout(socket, timeoutOf(socket, answerMs));
    return socket;
  };
}

/** The timeout of the request that was written last, ms. */
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
