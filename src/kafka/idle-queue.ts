// Spares idle connections their timers. kafkajs 2.2.4 looks for pending requests a thousand times a second for as long as a
// connection is open: without a throttle the time until the next look is negative (network/requestQueue/index.js). Here it looks only
// while a request is pending. And it checks ten times a second whether a request in flight has timed out, which takes seconds: here
// once every few seconds, for all connections together.

import { createRequire } from 'node:module';
import { lookEvery, SELDOM_MS } from '../runtime/look-every.ts';

const require = createRequire(import.meta.url);
const QUEUE = 'kafkajs/src/network/requestQueue/index.js';

const LOOKS_WITHIN_TIMEOUT = 3;

type Request = { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void };
type RequestQueue = {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, Request>;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  isConnected(): boolean;
  destroy(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
};

/** Patches kafkajs; for the whole process, before its first connection. */
export function restIdleConnections(): void {
  const { prototype }: { readonly prototype: RequestQueue & { rests?: true } } = require(QUEUE);
  if (prototype.rests === true) return;
  const { scheduleCheckPendingRequests: schedule, destroy } = prototype;
  const watched = new WeakMap<RequestQueue, () => void>();
  prototype.rests = true;
  prototype.scheduleCheckPendingRequests = function check(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function watch(this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    const pace = Math.min(this.requestTimeout / LOOKS_WITHIN_TIMEOUT, SELDOM_MS);
    watched.set(
      this,
      lookEvery(pace, () => endLate(this)),
    );
  };
  prototype.destroy = function end(this: RequestQueue) {
    watched.get(this)?.();
    destroy.call(this);
  };
}

function endLate(queue: RequestQueue): void {
  const now = Date.now();
  for (const request of queue.inflight.values())
    if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
  if (!queue.isConnected()) queue.destroy();
}
