// A TCP proxy that fails as networks do: slowly, or silently.

import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type Proxy = {
  readonly port: number;
  /** Milliseconds by which everything that the server says comes later. */
  delayMs: number;
  /** From now on swallows what the connections of this moment carry, both ways, and closes none; new ones pass. */
  swallow(): number;
  /** Connections made so far. */
  readonly made: number;
};

/**
 * Forwards to a port of 127.0.0.1 until the test is over.
 * @param at where it listens; Kafka's clients go where the broker says, so its proxy has another address and the same port
 */
export async function startProxy(port: number, at = { host: '127.0.0.1', port: 0 }): Promise<Proxy> {
  const links = new Set<{ swallowed: boolean; ends: readonly Socket[] }>();
  let made = 0;
  const server = createServer({ noDelay: true }, (client) => {
    made += 1;
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    const link = { swallowed: false, ends: [client, upstream] };
    links.add(link);
    const pass = (from: Socket, to: Socket, delay: () => number) => {
      // Order is kept: each piece waits for the one before it.
      let last = Promise.resolve();
      const after = (act: () => void) => {
        const wait = delay();
        const due = wait > 0 ? new Promise<void>((resolve) => setTimeout(resolve, wait)) : undefined;
        last = last.then(() => due).then(() => (link.swallowed ? undefined : act()));
      };
      from.on('data', (chunk) => after(() => void to.write(chunk)));
      from.on('end', () => after(() => void to.end()));
      from.on('error', () => {});
      from.on('close', () => after(() => void to.destroy()));
    };
    pass(client, upstream, () => 0);
    pass(upstream, client, () => proxy.delayMs);
  });
  await new Promise<void>((resolve) => server.listen(at, resolve));
  onTestFinished(() => {
    server.close();
    for (const { ends } of links) for (const end of ends) end.destroy();
  });
  const address = server.address();
  const proxy: Proxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    delayMs: 0,
    swallow: () => {
      const open = [...links].filter(
        ({ ends, swallowed }) => !swallowed && ends.every((end) => !end.destroyed),
      );
      for (const link of open) link.swallowed = true;
      return open.length;
    },
    get made() {
      return made;
    },
  };
  return proxy;
}
