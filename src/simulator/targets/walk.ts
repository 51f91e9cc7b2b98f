// The crowd at the shop's pages. The time of an action follows from the plan, not from earlier responses; the action itself
// from what the shop has shown. Orders without a click, and faulty events, are posted to the collector, as by another client; what
// the collector would refuse goes into the topic, as by a producer with a fault.

import { setTimeout as sleep } from 'node:timers/promises';
import TinyQueue from 'tinyqueue';
import type { Title } from '../../events/event.ts';
import { ORDER_PAGE_ID } from '../../events/ids.ts';
import { type CrowdOptions, curveOf, gather } from '../core/crowd.ts';
import type { Role } from '../core/fit.ts';
import type { Injector, Send } from '../core/inject.ts';
import { successorOf } from '../core/shopper.ts';
import { eventOf, Schedule } from '../core/timeline.ts';
import { beginVisit, continueVisit, type Shown, type Step } from '../core/visit.ts';
import { Bucket, MISSED_MS } from '../drive.ts';
import { digestOf, type LedgerEntry, whoseOf } from '../ledger/entry.ts';
import { Browser, type OrderForm, PageError } from './browser.ts';
import type { HttpClient } from './http-client.ts';

/** Sleeps are short, as the wall clock may be set. */
const LONGEST_SLEEP_MS = 2_000;
/** Concurrent requests. At the rate `max`, more of them would only queue at the shop and time out. */
const MOST_IN_FLIGHT = { paced: 256, unpaced: 32 } as const;
const RETRY_MS = 500;

/** An entry of the ledger without its number. */
export type Told = Omit<LedgerEntry, 'n'>;

export type WalkOptions = {
  readonly crowd: CrowdOptions;
  readonly injector: Injector;
  readonly client: HttpClient;
  readonly secret: string | undefined;
  /** Whether there is a rate to keep; else requests go as fast as the shop responds, and none is late. */
  readonly paced: boolean;
  readonly signal: AbortSignal;
  /** Called once the shop has answered. @param latency milliseconds from the intended start, or from the start where no rate is kept; one for each request */
  readonly done: (told: readonly Told[], latency: number, counted: readonly Counted[]) => Promise<void>;
  /** Sends past the shop what is to be set aside; resolves once Kafka has acknowledged it. */
  readonly pastShop: (send: Send) => Promise<void>;
  /** Called for each action that was begun more than a second late, or was not begun at all until then. */
  readonly missed: () => void;
  readonly failed: (error: unknown) => void;
};
/** An event for the funnel, which leaves out faulty ones. */
export type Counted = { readonly shown: Shown; readonly title: Title; readonly role: Role };

type Walker = {
  browser: Browser;
  /** How many people were in this place before. */
  generation: number;
  readonly schedule: Schedule;
  step: Step | undefined;
  form: OrderForm | undefined;
};
type Due =
  | { readonly time: number; readonly walker: Walker }
  | { readonly time: number; readonly walker: Walker; readonly send: Send };

/** Walks until the crowd's end, or until the signal is aborted. */
export async function walk(options: WalkOptions): Promise<void> {
  const { crowd, client, secret, paced, signal } = options;
  const mostInFlight = paced ? MOST_IN_FLIGHT.paced : MOST_IN_FLIGHT.unpaced;
  const queue = new TinyQueue<Due>(startOf(crowd, client, secret), (a, b) => a.time - b.time);
  const bucket = new Bucket(crowd.rate);
  const under = new Set<Promise<void>>();
  const rest = new Rest();
  signal.addEventListener('abort', () => rest.end(), { once: true });
  for (;;) {
    const now = Date.now();
    const due = queue.peek();
    if (signal.aborted || now >= crowd.end) {
      if (paced) countNeverBegun(queue, Math.min(now, crowd.end), options.missed);
      break;
    }
    const isFull = under.size >= mostInFlight;
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
    under.add(acting);
    void acting.finally(() => {
      under.delete(acting);
      // A shopper whose request has ended may have its next action at once.
      rest.end();
    });
  }
  await Promise.all(under);
}

/** What has been due for more than a second, and was not begun before the end: a shop that can't keep up is missed by these, too. */
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

/** What the shop has shown in response, and the events of the action. */
type Performed = { readonly shown: Shown | undefined; readonly counted: readonly Counted[] };

async function perform(
  walker: Walker,
  time: number,
  { done, paced, signal }: WalkOptions,
): Promise<Performed> {
  const start = paced ? time : Date.now();
  const { browser, step } = walker;
  const { role } = browser.shopper;
  const tell = async (shown: Shown | undefined, events: readonly [Shown, Title, string | undefined][]) => {
    const counted = events.map(([one, title]) => ({ shown: one, title, role }));
    const told = events.map(([one, title, orderId]) => toldOf(browser, one, title, orderId, time));
    await done(told, Date.now() - start, counted);
    return { shown, counted };
  };
  const action = step?.action;
  switch (action?.do) {
    case 'look': {
      const { shown, orderIds } = await browser.look();
      return tell(shown, [[shown, 'banner_show', orderIds[0]]]);
    }
    case 'click': {
      const { shown, orderIds, form } = await browser.click(action.shown);
      walker.form = form;
      const [ad, click] = orderIds;
      return tell(shown, [
        [action.shown, 'banner_click', click],
        [shown, 'banner_show', ad],
      ]);
    }
    case 'order': {
      const orderId = action.direct
        ? await orderDirectly(walker, action.shown, time, signal)
        : await orderByForm(walker);
      return tell(undefined, [[action.shown, 'order', orderId]]);
    }
    default:
      return { shown: undefined, counted: [] };
  }
}

function toldOf(
  browser: Browser,
  { item, pageId }: Shown,
  title: Title,
  orderId: string | undefined,
  at: number,
): Told {
  const content = digestOf({
    user_id: browser.userId,
    page_id: title === 'order' ? ORDER_PAGE_ID : pageId,
    product: item.product,
    site_version: browser.shopper.role.device,
    title,
  });
  const visitor = browser.userId;
  return { order_id: orderId ?? null, at, faults: [], expect: 'stored', content, time: 0, visitor };
}

async function orderByForm({ browser, form }: Walker): Promise<string> {
  if (form === undefined) throw new PageError('a product page had no order form');
  await browser.order(form);
  return form.order_id;
}

async function orderDirectly(
  walker: Walker,
  shown: Shown,
  time: number,
  signal: AbortSignal,
): Promise<string> {
  const { browser } = walker;
  const { shopper } = browser;
  const event = eventOf({ ...shopper, userId: browser.userId }, shopper.random, 'order', shown, time);
  await collect(browser, JSON.stringify(event), signal);
  return event.order_id;
}

/** Posts one event to the collector, again while it is unavailable, which is safe. @returns its result */
async function collect(
  browser: Browser,
  body: string,
  signal: AbortSignal,
): Promise<CollectorResult | undefined> {
  for (;;) {
    const answer = await browser.collect(body).catch(() => undefined);
    if (answer !== undefined && answer.status < 500 && answer.status !== 429) {
      const { results = [] } = JSON.parse(answer.body) as { results?: CollectorResult[] };
      return results[0];
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

type CollectorResult = { readonly accepted: boolean; readonly partition?: number; readonly offset?: string };

/** The faulty sends that come beside an event of the shopper. */
function faultsAt(
  walker: Walker,
  { shown, title }: Counted,
  time: number,
  { injector }: WalkOptions,
): Send[] {
  const { shopper, userId } = walker.browser;
  const event = () => eventOf({ ...shopper, userId }, injector.streamOf(shopper.number), title, shown, time);
  return injector.faultySends(shopper.number, time, event);
}

async function sendFault(
  { browser }: Walker,
  send: Send,
  { done, pastShop, paced, signal }: WalkOptions,
): Promise<void> {
  const { event, faults, at, expect } = send;
  if (expect !== 'stored' && expect !== 'duplicate') {
    await pastShop(send);
    return;
  }
  const start = paced ? at : Date.now();
  const result = await collect(browser, JSON.stringify(event), signal);
  if (result?.accepted !== true) throw new PageError(`the collector refused ${event.order_id}`);
  const { partition, offset } = result;
  const entry: Told = {
    order_id: event.order_id,
    at,
    faults,
    expect,
    content: digestOf(event),
    time: Date.parse(event.time),
    ...whoseOf(event),
    partition,
    offset,
  };
  await done([entry], Date.now() - start, []);
}
