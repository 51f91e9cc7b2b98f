// A reverse proxy as they stand before real shops: it has a name of its own, asks the shop by another Host, may take a
// path off, and says so in the usual headers.

import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { onTestFinished } from 'vitest';

type ReverseProxy = {
  /** Where the shop listens. */
  readonly target: string;
  /** Below which path browsers find the shop. */
  readonly path: string;
  /** True where it asks the shop without the path. */
  readonly takesOff: boolean;
  /** What it says of the request it was sent. */
  readonly says: (headers: IncomingHttpHeaders, client: string) => Readonly<Record<string, string>>;
};

/** Listens at 127.0.0.1 until the test is over; its port. */
export async function startReverseProxy({ target, path, takesOff, says }: ReverseProxy): Promise<number> {
  const server = createServer((req, res) => {
    const { url = '' } = req;
    if (!url.startsWith(path)) {
      res.writeHead(404).end('not of the shop');
      return;
    }
    const asked = takesOff ? url.slice(path.length) || '/' : url;
    const told = says(req.headers, req.socket.remoteAddress ?? '');
    const headers = { ...req.headers, host: 'shop.internal:3000', ...told };
    const upstream = request(new URL(asked, target), { method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    upstream.on('error', () => res.destroy());
    res.on('close', () => upstream.destroy());
    req.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
