// A TCP proxy that fails as networks do: slowly, or silently. Closed once the test is over.

import { onTestFinished } from 'vitest';
import { FaultProxy } from '../../src/runtime/fault-proxy.ts';

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
  const faults = new FaultProxy({ host: '127.0.0.1', port });
  faults.mode = 'slow';
  const listening = await faults.listen(at);
  onTestFinished(() => faults.close());
  return {
    port: listening,
    get delayMs() {
      return faults.delayMs;
    },
    set delayMs(ms) {
      faults.delayMs = ms;
    },
    swallow: () => faults.swallow(),
    get made() {
      return faults.made;
    },
  };
}
