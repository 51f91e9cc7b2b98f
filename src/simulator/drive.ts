// Sends records at their planned times. An open loop: the time of a send follows from the plan alone, not from earlier
// acknowledgements, and latency counts from it (no coordinated omission). A token bucket limits the burst after a delay.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Send } from './core/inject.ts';
import type { Numbered, Receipt, Target } from './targets/target.ts';

/** Larger batches would outlive the young generation of the heap before they are acknowledged. */
const MOST_IN_BATCH = 500;
/** Longest sleep before the plan is looked at again: a pause begins and ends at any time. */
const LOOK_MS = 10;
/** Capacity of the token bucket in seconds of the rate. */
const BURST_SECONDS = 1;
/** A send later than this counts as missed. */
export const MISSED_MS = 1_000;

export type DriveOptions = {
  readonly target: Target;
  /** Sends a second, at most; may be Infinity. */
  readonly rate: number;
  /** Whether sends wait for their planned times; else they go as fast as the target accepts them. */
  readonly paced: boolean;
  /** From planned time to this machine's clock; grows while records are held back. */
  readonly offset: () => number;
  /** True while sending is paused. */
  readonly isHeld?: () => boolean;
  /** Called for each send just before it goes out. */
  readonly finish?: (send: Send) => Send;
  readonly signal: AbortSignal;
  /** Concurrent batches. */
  readonly inFlight: number;
  /** Called for each batch, in any order; the next is not begun before it resolves. @param latencies milliseconds */
  readonly done: (
    batch: readonly Numbered[],
    receipts: readonly Receipt[],
    latencies: readonly number[],
  ) => Promise<void>;
  readonly missed: (starts: number) => void;
};

/** Sends all, or until the signal is aborted; resolves once all begun batches are settled. */
export async function drive(
  sends: Iterator<Send> | AsyncIterator<Send>,
  options: DriveOptions,
): Promise<void> {
  const { target, rate, paced, signal, inFlight, done, missed } = options;
  const { isHeld = () => false, finish = (send: Send) => send } = options;
  const bucket = new Bucket(rate);
  const pending = new Set<Promise<void>>();
  let failure: unknown;
  let n = 0;
  let next = await sends.next();
  while (next.done !== true && !signal.aborted && failure === undefined) {
    const [now, offset] = [Date.now(), options.offset()];
    const batch: Numbered[] = [];
    let late = 0;
    while (next.done !== true && batch.length < MOST_IN_BATCH && !isHeld()) {
      const { value: send } = next;
      if (paced && (send.at + offset > now || !bucket.take(now))) break;
      if (paced && now - (send.at + offset) > MISSED_MS) late += 1;
      n += 1;
      batch.push({ n, send: finish(send) });
      const step = sends.next();
      // Awaiting a value that is no promise would take longer than all other work on an event.
      next = step instanceof Promise ? await step : step;
    }
    if (late > 0) missed(late);
    if (batch.length === 0) {
      const wait = next.done === true || isHeld() ? LOOK_MS : next.value.at + offset - now;
      await sleep(Math.max(1, Math.min(wait, LOOK_MS)), undefined, { signal }).catch(() => {});
      continue;
    }
    const sending = sendOne(batch).catch((error) => {
      failure ??= error;
    });
    pending.add(sending);
    void sending.finally(() => pending.delete(sending));
    if (pending.size >= inFlight) await Promise.race(pending);
  }
  await Promise.all(pending);
  if (failure !== undefined && !signal.aborted) throw failure;

  async function sendOne(batch: readonly Numbered[]): Promise<void> {
    const receipts = await target.send(batch, signal);
    const now = Date.now();
    const offset = options.offset();
    await done(batch, receipts, paced ? batch.map(({ send }) => Math.max(0, now - send.at - offset)) : []);
  }
}

/** A token bucket. */
export class Bucket {
  readonly #rate: number;
  readonly #most: number;
  #tokens: number;
  #filled: number | undefined;

  /** @param rate tokens a second; may be Infinity */
  constructor(rate: number) {
    this.#rate = rate;
    this.#most = Math.max(1, rate * BURST_SECONDS);
    this.#tokens = this.#most;
  }

  /**
   * Takes tokens if there is at least one; the balance may become negative.
   * @param now milliseconds
   */
  take(now: number, tokens = 1): boolean {
    if (this.#rate === Number.POSITIVE_INFINITY) return true;
    const gained = ((now - (this.#filled ?? now)) / 1000) * this.#rate;
    this.#tokens = Math.min(this.#most, this.#tokens + Math.max(0, gained));
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Milliseconds after which there will be a token, counted from the last take(). */
  get wait(): number {
    return Math.max(0, ((1 - this.#tokens) / this.#rate) * 1000);
  }
}
