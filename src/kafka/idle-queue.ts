// An idle connection needs no timer. kafkajs 2.2.4 looks for waiting requests a thousand times a second, for as long as
// the connection is open and whether or not one waits: the time until its throttle ends is negative where there is none
// (network/requestQueue/index.js), and each look sets the next. Here it looks only while something waits. And whether a
// request has been in hand for too long, which is a matter of seconds, it asks ten times a second: here once in
// some seconds, for all of them together.

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
