// Stops the timers of idle connections. kafkajs 2.2.4 checks its request queue a thousand times a second for as long as a
// connection is open: without a throttle the time until it ends is negative (network/requestQueue/index.js), and each check
// schedules the next. Here it checks only while a request waits. Request timeouts, which are seconds, are checked once a second
// instead of ten times.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const QUEUE = 'kafkajs/src/network/requestQueue/index.js';

const TIMEOUT_CHECK_MS = 1_000;

type Request = { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void };
type RequestQueue = {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, Request>;
  readonly enforceRequestTimeout: boolean;
  requestTimeoutIntervalId: NodeJS.Timeout;
  isConnected(): boolean;
  destroy(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
};

/** Patches kafkajs; for the whole process, before its first connection. */
export function restIdleConnections(): void {
  const { prototype }: { readonly prototype: RequestQueue & { rests?: true } } = require(QUEUE);
  if (prototype.rests === true) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.rests = true;
  prototype.scheduleCheckPendingRequests = function check(this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function watch(this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => endLate(this), TIMEOUT_CHECK_MS);
  };
}

function endLate(queue: RequestQueue): void {
  const now = Date.now();
  for (const request of queue.inflight.values())
    if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
  if (!queue.isConnected()) queue.destroy();
}
