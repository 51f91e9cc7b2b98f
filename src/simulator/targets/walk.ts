// The crowd at the shop's pages. The time of an action follows from the plan, not from earlier responses; the action itself
// from what the shop has shown (acts.ts).

import TinyQueue from 'tinyqueue';
import { type CrowdOptions, curveOf, gather } from '../core/crowd.ts';
import type { Send } from '../core/inject.ts';
import { successorOf } from '../core/shopper.ts';
import { Schedule } from '../core/timeline.ts';
import { beginVisit, continueVisit } from '../core/visit.ts';
import { Bucket, MISSED_MS } from '../drive.ts';
import { faultsAt, perform, sendFault, type Walker, type WalkOptions } from './acts.ts';
import { Browser } from './browser.ts';
import type { HttpClient } from './http-client.ts';

/** Sleeps are short, as the wall clock may be set. */
const LONGEST_SLEEP_MS = 2_000;
/** Concurrent requests. At the rate `max`, more of them would only queue at the shop and time out. */
const MOST_IN_FLIGHT = { paced: 256, unpaced: 32 } as const;
const RETRY_MS = 500;

type Due =
  | { readonly time: number; readonly walker: Walker }
  | { readonly time: number; readonly walker: Walker; readonly send: Send };

/** Walks until the crowd's end, or until the signal is aborted. */
export async function walk(options: WalkOptions): Promise<void> {
  const { crowd, client, secret, paced, signal } = options;
  const mostInFlight = paced ? MOST_IN_FLIGHT.paced : MOST_IN_FLIGHT.unpaced;
  const queue = new TinyQueue<Due>(startOf(crowd, client, secret), (a, b) => a.time - b.time);
  const bucket = new Bucket(crowd.rate);
  const pending = new Set<Promise<void>>();
  const rest = new Rest();
  signal.addEventListener('abort', () => rest.end(), { once: true });
  for (;;) {
    const now = Date.now();
    const due = queue.peek();
    if (signal.aborted || now >= crowd.end) {
      if (paced) countNeverBegun(queue, Math.min(now, crowd.end), options.missed);
      break;
    }
    const isFull = pending.size >= mostInFlight;
    if (due === undefined || due.time > now || isFull) {
      const next = due === undefined || isFull ? crowd.end : Math.min(due.time, crowd.end);
      await rest.for(Math.min(next - now, LONGEST_SLEEP_MS));
      continue;
    }
    if (!bucket.take(now, costOf(due))) {
      await rest.for(Math.min(bucket.wait, LONGEST_SLEEP_MS));
      continue;
    }
    queue.pop();
    if (paced && now - due.time > MISSED_MS) options.missed();
    const acting = act(due, options, (next) => queue.push(next));
    pending.add(acting);
    void acting.finally(() => {
      pending.delete(acting);
      // A shopper whose request has ended may have its next action at once.
      rest.end();
    });
  }
  await Promise.all(pending);
}

/** Counts actions that are due for more than a second and were never begun: a shop that can't keep up misses these, too. */
function countNeverBegun(queue: TinyQueue<Due>, end: number, missed: () => void): void {
  for (let due = queue.pop(); due !== undefined && end - due.time > MISSED_MS; due = queue.pop()) missed();
}

/** A sleep that can be ended early. */
class Rest {
  end: () => void = () => {};

  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, ms));
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function startOf(crowd: CrowdOptions, client: HttpClient, secret: string | undefined): Due[] {
  const { pace, shoppers } = gather(crowd);
  const curve = curveOf(crowd);
  return shoppers.map((shopper) => {
    const schedule = new Schedule(shopper, pace, curve(shopper.number));
    schedule.skipTo(crowd.start);
    const walker: Walker = {
      browser: new Browser(client, shopper, secret),
      generation: 0,
      schedule,
      step: undefined,
      form: undefined,
    };
    return { time: schedule.next(), walker };
  });
}

/** Number of events of an action. */
const costOf = (due: Due): number => (!('send' in due) && due.walker.step?.action.do === 'click' ? 2 : 1);

async function act(due: Due, options: WalkOptions, push: (due: Due) => void): Promise<void> {
  const { time, walker } = due;
  try {
    if ('send' in due) await sendFault(walker, due.send, options);
    else await takeStep(walker, time, options, push);
  } catch (error) {
    if (options.signal.aborted) return;
    options.failed(error);
    if ('send' in due) return;
    // A shopper whose page failed ends the visit.
    walker.step = undefined;
    walker.schedule.left(time + RETRY_MS);
    walker.schedule.events += 1;
    push({ time: walker.schedule.next(), walker });
  }
}

async function takeStep(
  walker: Walker,
  time: number,
  options: WalkOptions,
  push: (due: Due) => void,
): Promise<void> {
  const { browser, schedule } = walker;
  const { shopper } = browser;
  walker.step ??= beginVisit(shopper);
  const { visit, action } = walker.step;
  if (action.do === 'leave') return;
  const { shown, counted } = await perform(walker, time, options);
  for (const one of counted)
    for (const send of faultsAt(walker, one, time, options)) push({ time: send.at, walker, send });
  schedule.events += action.do === 'click' ? 2 : 1;
  walker.step = continueVisit(shopper, visit, shown);
  if (walker.step.action.do === 'leave') {
    schedule.left(time);
    walker.step = undefined;
    if (shopper.random() < options.crowd.turnover) replace(walker, options);
    push({ time: schedule.next(), walker });
  } else push({ time: time + schedule.think(), walker });
}

/** Somebody new comes in a walker's place. */
function replace(walker: Walker, { crowd, client, secret }: WalkOptions): void {
  walker.generation += 1;
  walker.browser = new Browser(
    client,
    successorOf(crowd.seed, walker.browser.shopper, walker.generation),
    secret,
  );
}
