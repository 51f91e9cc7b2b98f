// What a walker does at the shop: looks, clicks, orders and faulty events, each with the ledger's entries of what the shop has taken.
// Orders without a click, and faulty events, are posted to the collector, as by another client; what the collector would refuse goes into
// the topic, as by a faulty producer.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ShopEvent, Title } from '../../events/event.ts';
import { ORDER_PAGE_ID } from '../../events/ids.ts';
import type { CrowdOptions } from '../core/crowd.ts';
import type { Role } from '../core/fit.ts';
import type { Injector, Send } from '../core/inject.ts';
import { eventOf, type Schedule } from '../core/timeline.ts';
import type { Shown, Step } from '../core/visit.ts';
import { digestOf, type LedgerEntry, whoseOf } from '../ledger/entry.ts';
import { type Browser, type OrderForm, PageError, type SeenTrace } from './browser.ts';
import type { HttpClient } from './http-client.ts';
import type { Receipt } from './target.ts';

const RETRY_MS = 500;

/** An entry of the ledger that has no number yet. */
export type NewEntry = Omit<LedgerEntry, 'n'>;

export type WalkOptions = {
  readonly crowd: CrowdOptions;
  readonly injector: Injector;
  readonly client: HttpClient;
  readonly secret: string | undefined;
  /** Whether there is a rate to keep; else requests go as fast as the shop responds, and none is late. */
  readonly paced: boolean;
  readonly signal: AbortSignal;
  /** Called once the shop has answered. @param latency milliseconds from the planned start, or from the start where no rate is kept */
  readonly done: (told: readonly NewEntry[], latency: number, counted: readonly Counted[]) => Promise<void>;
  /** Sends past the shop what is to be set aside; resolves once Kafka has acknowledged it. */
  readonly pastShop: (send: Send) => Promise<void>;
  /** Called for each action that was begun more than a second late, or is due for as long at the end and was never begun. */
  readonly missed: () => void;
  readonly failed: (error: unknown) => void;
  /** Called with the number of events that the shop refused, as its outbox was full. */
  readonly turnedAway: (events: number) => void;
};
/** An event for the funnel, which leaves out faulty ones. */
export type Counted = { readonly shown: Shown; readonly title: Title; readonly role: Role };

export type Walker = {
  browser: Browser;
  /** Number of people who had this place before. */
  generation: number;
  readonly schedule: Schedule;
  step: Step | undefined;
  form: OrderForm | undefined;
};

/** An event of an action, and its trace on the shop's page. */
type Made = readonly [Shown, Title, SeenTrace | undefined];
/** What the shop has shown in response, and the events of the action. */
export type Performed = { readonly shown: Shown | undefined; readonly counted: readonly Counted[] };

/** Performs the walker's action at the shop. @throws {PageError} for an unexpected response */
export async function perform(
  walker: Walker,
  time: number,
  { done, paced, signal, turnedAway }: WalkOptions,
): Promise<Performed> {
  const start = paced ? time : Date.now();
  const { browser, step } = walker;
  const { role } = browser.shopper;
  const tell = async (shown: Shown | undefined, events: readonly Made[]) => {
    const counted = events.map(([one, title]) => ({ shown: one, title, role }));
    const isTaken = (_: unknown, index: number) => events[index]?.[2]?.isLost !== true;
    const told = events
      .filter(isTaken)
      .map(([one, title, trace]) => entryOf(browser, one, title, trace, time));
    if (told.length < events.length) turnedAway(events.length - told.length);
    await done(told, Date.now() - start, counted.filter(isTaken));
    return { shown, counted };
  };
  const action = step?.action;
  switch (action?.do) {
    case 'look': {
      const { shown, traces } = await browser.look();
      return tell(shown, [[shown, 'banner_show', traces[0]]]);
    }
    case 'click': {
      const { shown, traces, form } = await browser.click(action.shown);
      walker.form = form;
      const [ad, click] = traces;
      return tell(shown, [
        [action.shown, 'banner_click', click],
        [shown, 'banner_show', ad],
      ]);
    }
    case 'order': {
      const order = action.direct
        ? await orderDirectly(walker, action.shown, time, signal)
        : await orderByForm(walker);
      return tell(undefined, [[action.shown, 'order', order]]);
    }
    default:
      return { shown: undefined, counted: [] };
  }
}

function entryOf(
  browser: Browser,
  { item, pageId }: Shown,
  title: Title,
  trace: SeenTrace | undefined,
  at: number,
): NewEntry {
  const content = digestOf({
    user_id: browser.userId,
    page_id: title === 'order' ? ORDER_PAGE_ID : pageId,
    product: item.product,
    site_version: browser.shopper.role.device,
    title,
  });
  const visitor = browser.userId;
  return { order_id: trace?.orderId ?? null, at, faults: [], expect: 'stored', content, time: 0, visitor };
}

async function orderByForm({ browser, form }: Walker): Promise<SeenTrace> {
  if (form === undefined) throw new PageError('a product page had no order form');
  return { orderId: form.order_id, isLost: !(await browser.order(form)) };
}

async function orderDirectly(
  walker: Walker,
  shown: Shown,
  time: number,
  signal: AbortSignal,
): Promise<SeenTrace> {
  const { browser } = walker;
  const { shopper } = browser;
  const event = eventOf({ ...shopper, userId: browser.userId }, shopper.random, 'order', shown, time);
  await collect(browser, event, signal);
  return { orderId: event.order_id, isLost: false };
}

/**
 * Posts an event to the collector, again while it is unavailable, which is safe: an order_id is stored once.
 * @returns where Kafka has it
 * @throws {PageError} where the collector refuses it
 */
async function collect(browser: Browser, event: ShopEvent, signal: AbortSignal): Promise<Receipt> {
  const body = JSON.stringify(event);
  for (;;) {
    const answer = await browser.collect(body).catch(() => undefined);
    if (answer !== undefined && answer.status < 500 && answer.status !== 429) {
      const { results: [result] = [] } = JSON.parse(answer.body) as { results?: readonly Collected[] };
      if (result?.accepted !== true) throw new PageError(`the collector refused ${event.order_id}`);
      return result;
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

type Collected = ({ readonly accepted: true } & Receipt) | { readonly accepted: false };

/** The faulty sends beside an event of the shopper. @param time of the event, milliseconds since 1970 */
export function faultsAt(
  walker: Walker,
  { shown, title }: Counted,
  time: number,
  { injector }: WalkOptions,
): Send[] {
  const { shopper, userId } = walker.browser;
  const event = () => eventOf({ ...shopper, userId }, injector.streamOf(shopper.number), title, shown, time);
  return injector.faultySends(shopper.number, time, event);
}

/** Sends a faulty event, by the collector or past the shop. @throws {PageError} where the collector refuses it */
export async function sendFault(
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
  const { partition, offset } = await collect(browser, event, signal);
  const entry: NewEntry = {
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
