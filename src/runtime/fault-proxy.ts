// A TCP proxy that fails as networks do: slowly, silently, or by cutting what goes through it. For system faults, and for tests.

import { randomBytes } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** pass: as a wire does; slow: what the server says comes late; cut: connections end; silent: they stay, and nothing comes. */
export type ProxyMode = 'pass' | 'slow' | 'cut' | 'silent';

type Address = { readonly host: string; readonly port: number };
type Link = { silent: boolean; readonly ends: Socket[] };

/** Longer than any host, port and token. */
const LONGEST_PREAMBLE = 400;
const LOOPBACK: Address = { host: '127.0.0.1', port: 0 };

/** What a connection says first, where the proxy leads to more than one server: one line. */
export const preambleTo = (token: string, { host, port }: Address): string => `${token} ${host} ${port}\n`;

export class FaultProxy {
  readonly #target: Address | undefined;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #made = 0;

  /** Whoever names a server has to know it: a proxy to anywhere is for its own program. */
  readonly token = randomBytes(16).toString('hex');
  mode: ProxyMode = 'pass';
  /** Milliseconds by which what the server says comes later, in the mode "slow". */
  delayMs = 0;

  /** @param target undefined where each connection names its server itself, by a line of preambleTo() */
  constructor(target?: Address) {
    this.#target = target;
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  /** Connections made so far. */
  get made(): number {
    return this.#made;
  }

  /** Listens; the port. @throws where the address can't be had */
  async listen(at: Address = LOOPBACK): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(at, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on swallows what the connections of this moment carry, both ways, and closes none; their number. */
  swallow(): number {
    const open = [...this.#links].filter(
      ({ silent, ends }) => !silent && ends.every((end) => !end.destroyed),
    );
    for (const link of open) link.silent = true;
    return open.length;
  }

  /** Ends the connections of this moment. */
  cut(): void {
    for (const { ends } of this.#links) for (const end of ends) end.destroy();
  }

  /** Takes no more connections, and ends those that there are. */
  close(): void {
    this.#server.close();
    this.cut();
  }

  #accept(client: Socket): void {
    this.#made += 1;
    client.on('error', () => {});
    if (this.mode === 'cut') client.destroy();
    else if (this.#target !== undefined) this.#link(client, this.#target);
    else this.#readPreamble(client);
  }

  #readPreamble(client: Socket): void {
    let read = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf('\n');
      if (end === -1 && read.length < LONGEST_PREAMBLE) return;
      client.off('data', onData).pause();
      const [token, host, port] = read.subarray(0, Math.max(0, end)).toString('utf8').split(' ');
      if (token !== this.token || host === undefined || !(Number(port) > 0)) client.destroy();
      else this.#link(client, { host, port: Number(port) }, read.subarray(end + 1));
    };
    client.on('data', onData);
  }

  /** @param first what the client has said already */
  #link(client: Socket, target: Address, first?: Buffer): void {
    const upstream = connect({ ...target, noDelay: true });
    const link: Link = { silent: this.mode === 'silent', ends: [client, upstream] };
    this.#links.add(link);
    if (first !== undefined && first.length > 0 && !link.silent) upstream.write(first);
    this.#pass(link, client, upstream, () => 0);
    this.#pass(link, upstream, client, () => (this.mode === 'slow' ? this.delayMs : 0));
    client.resume();
  }

  #pass(link: Link, from: Socket, to: Socket, delay: () => number): void {
    // Order is kept: each piece waits for the one before it.
    let last = Promise.resolve();
    const after = (act: () => void) => {
      const wait = delay();
      const due = wait > 0 ? new Promise<void>((resolve) => setTimeout(resolve, wait)) : undefined;
      last = last.then(() => due).then(() => (link.silent ? undefined : act()));
    };
    from.on('data', (chunk) => after(() => void to.write(chunk)));
    from.on('end', () => after(() => void to.end()));
    from.on('error', () => {});
    from.on('close', () => {
      after(() => void to.destroy());
      if (link.ends.every((end) => end.destroyed)) this.#links.delete(link);
    });
  }
}
