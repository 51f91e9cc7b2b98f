// A broker counts as connected once it has responded to ApiVersions. For kafkajs 2.2.4 (broker/index.js) it does as soon as TCP is
// connected: another request of the same client then fails with "Broker not connected", which is not retried and ends a consumer for
// good; and if ApiVersions fails, that lasts for as long as the connection is open.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const BROKER = 'kafkajs/src/broker/index.js';

type Broker = { isConnected(): boolean; connect(): Promise<void> };

/** Patches kafkajs; for the whole process, before its first connection. */
export function waitForApiVersions(): void {
  const { prototype }: { readonly prototype: Broker & { waits?: true } } = require(BROKER);
  if (prototype.waits === true) return;
  const { isConnected, connect } = prototype;
  const greeted = new WeakSet<Broker>();
  prototype.isConnected = function (this: Broker) {
    return greeted.has(this) && isConnected.call(this);
  };
  prototype.connect = async function (this: Broker) {
    await connect.call(this);
    greeted.add(this);
  };
  prototype.waits = true;
}
