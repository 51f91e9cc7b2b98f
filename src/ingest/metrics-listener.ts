// Serves /metrics of an ingest process that runs without a web part; every other path is 404.

import { createServer } from 'node:http';
import type { Registry } from 'prom-client';

/**
 * Listens until close().
 * @throws {Error} naming the setting of the port
 */
export async function listenForScrapes(
  registry: Registry,
  host: string,
  port: number,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404, { 'Content-Type': 'text/plain' }).end('expected GET /metrics\n');
      return;
    }
    res.writeHead(200, { 'Content-Type': registry.contentType }).end(await registry.metrics());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(`INGEST_METRICS_PORT: can't listen on ${host}:${port} (${error.message})`, {
          cause: error,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
