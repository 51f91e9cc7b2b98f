// A broker is connected once it has told which versions of requests it takes. kafkajs 2.2.4 says so as soon as TCP is (broker/index.js): who
// asks it meanwhile, by the same client, is told "Broker not connected", an error that is not tried again and ends a
// consumer for good; and one whose versions were asked for in vain stays that way for as long as its connection is open.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const BROKER = 'kafkajs/src/broker/index.js';

type Broker = { isConnected(): boolean; connect(): Promise<void> };

/** Patches kafkajs; for the whole process, before its first connection. */
export function waitForGreetings(): void {
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
