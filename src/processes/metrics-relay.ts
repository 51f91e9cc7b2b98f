// The metrics of every part at one address: /metrics of the web part has those of the parts that the same program runs
// beside it. They travel over the channel between a parent and its forked children: the web child asks the parent, which
// asks its other children. Parts on other machines have listeners of their own (INGEST_METRICS_PORT).

import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks whoever reads it: a child for its own metrics, the parent for those of its other children. */
type Ask = { readonly askMetrics: number };
type Told = { readonly metrics: string; readonly of: number };

/** A part that does not answer must not keep the others' metrics from being seen. */
const TIMEOUT_MS = 1_000;
/** Shorter, for a child that is asked on behalf of another: a paused one must not hold back the others' metrics. */
export const CHILD_TIMEOUT_MS = 600;

let asked = 0;

type Channel = Pick<ChildProcess | NodeJS.Process, 'on' | 'off' | 'send' | 'connected'>;

/** The metrics of the other end; empty where it does not tell them in time. @param timeoutMs how long it has */
export async function askMetrics(other: Channel, timeoutMs = TIMEOUT_MS): Promise<string> {
  if (other.connected !== true) return '';
  asked += 1;
  const id = asked;
  let onMessage: (message: unknown) => void = () => {};
  const told = new Promise<string>((resolve) => {
    onMessage = (message) => isTold(message) && message.of === id && resolve(message.metrics);
    other.on('message', onMessage);
    other.send?.({ askMetrics: id } satisfies Ask, undefined, undefined, (error) => error && resolve(''));
  });
  const metrics = await Promise.race([told, sleep(timeoutMs, '', { ref: false })]);
  other.off('message', onMessage);
  return metrics;
}

/** Tells the other end `metrics` whenever it asks. */
export function answerMetrics(other: Channel, metrics: () => Promise<string>): void {
  other.on('message', (message: unknown) => {
    if (!isAsk(message)) return;
    const tell = (text: string) => {
      if (other.connected === true)
        other.send?.(
          { metrics: text, of: message.askMetrics } satisfies Told,
          undefined,
          undefined,
          () => {},
        );
    };
    metrics().then(tell, () => tell(''));
  });
}

const isAsk = (message: unknown): message is Ask =>
  typeof message === 'object' && message !== null && 'askMetrics' in message;
const isTold = (message: unknown): message is Told =>
  typeof message === 'object' && message !== null && 'metrics' in message && 'of' in message;
