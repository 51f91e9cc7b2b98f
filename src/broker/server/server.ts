// Listens, limits the number of connections, and checks each at intervals for its timeouts.

import { createServer, type Server } from 'node:net';
import type { Context } from '../api/api.ts';
import { hostUnavailable, portTaken } from '../errors.ts';
import { steadyNow } from '../steady-clock.ts';
import { Connection } from './connection.ts';

const ANSWER_BUFFER = 128 * 1024; // bytes of unread responses above which the client's next request waits
const SWEEPS_PER_TIMEOUT = 4;

export type Listener = {
  readonly port: number;
  /** Closes every connection and the port. */
  close(): Promise<void>;
};

/** Opens the port; throws BROKER_PORT_TAKEN or BROKER_HOST_UNAVAILABLE. */
export async function listen(context: Context): Promise<Listener> {
  const { settings } = context;
  const connections = new Set<Connection>();
  const server = createServer({ highWaterMark: ANSWER_BUFFER }, (socket) => {
    const connection = new Connection(socket, context);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.maxConnections = settings.maxConnections;
  server.on('drop', (dropped) =>
    settings.log.warn(
      { client: dropped?.remoteAddress, limit: settings.maxConnections },
      'refused a connection',
    ),
  );
  await open(server, settings.host, settings.port);
  server.on('error', (error) => settings.log.error({ error }, 'cannot accept a connection'));

  const period = Math.min(settings.idleTimeoutMs, settings.stallTimeoutMs) / SWEEPS_PER_TIMEOUT;
  const sweeper = setInterval(() => {
    const now = steadyNow();
    for (const connection of connections) connection.sweep(now);
  }, period);
  sweeper.unref();

  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : settings.port,
    close: () => {
      clearInterval(sweeper);
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.destroy();
      });
    },
  };
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(host, port, error) : hostUnavailable(host, port, error));
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}
