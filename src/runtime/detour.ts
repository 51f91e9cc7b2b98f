// Sockets to Kafka and Postgres: direct, or by a detour through a fault proxy for as long as a fault is injected.

import { Socket } from 'node:net';
import { preambleTo } from './fault-proxy.ts';

export type Server = 'kafka' | 'postgres';

/** A proxy on this machine, and what it has to be told first. */
export type Detour = { readonly port: number; readonly token: string };
export type Detours = { readonly [S in Server]: Detour | null };

const taken: Record<Server, Detour | null> = { kafka: null, postgres: null };
const open: Record<Server, Set<Socket>> = { kafka: new Set(), postgres: new Set() };

/**
 * Takes other detours from now on. Where there is a new detour, open connections end, so that they are made anew on it; those on a
 * detour that is over go on until they end.
 */
export function takeDetours(detours: Detours): void {
  for (const server of ['kafka', 'postgres'] as const) {
    const detour = detours[server];
    const isNew = detour !== null && detour.port !== taken[server]?.port;
    taken[server] = detour;
    if (isNew)
      for (const socket of open[server]) socket.destroy(new Error('the connection was cut for a fault'));
  }
}

/** A socket whose connect() leads to the server that it is told, directly or by the detour of that moment. */
export function socketTo(server: Server): Socket {
  const socket = new Socket();
  const straight = socket.connect.bind(socket);
  open[server].add(socket);
  socket.once('close', () => open[server].delete(socket));
  const connect = (port: number, host: string): Socket => {
    const detour = taken[server];
    if (detour === null) return straight(port, host);
    // Before any other listener says something.
    socket.once('connect', () => socket.write(preambleTo(detour.token, { host, port })));
    return straight(detour.port, '127.0.0.1');
  };
  socket.connect = connect as Socket['connect'];
  return socket;
}
