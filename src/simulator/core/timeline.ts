// When a shopper comes, and what happens then: an endless sequence of visits. A visit begins when the shopper's pace allows for
// its events so far, which keeps a crowd at its rate however long single visits turn out.
// The shop of this timeline is drawn from the published counts; targets/walk.ts walks the real one by the same steps.

import { itemsOf } from '../../catalogue/catalogue.ts';
import type { EventContext, ShopEvent, Title } from '../../events/event.ts';
import { ORDER_PAGE_ID } from '../../events/ids.ts';
import { PRODUCTS } from '../../events/products.ts';
import type { Random } from '../../runtime/seeded-random.ts';
import { bannerShares } from './fit.ts';
import type { Pace } from './pace.ts';
import type { Shopper } from './shopper.ts';
import { drawId, drawOrderId, logNormal, pick, pickWeighted } from './streams.ts';
import { type Action, beginVisit, continueVisit, type Shown, type Step } from './visit.ts';
import type { Curve } from './week.ts';

/** Standard deviation of the logarithm of think times. */
const THINK_SIGMA = 0.8;
/** Milliseconds between a page and the ad that it shows. */
const AD_MS = 3;
const BANNERS = { desktop: bannerShares('desktop'), mobile: bannerShares('mobile') } as const;

/** An event, when it is, and whose. */
export type Planned = { readonly time: number; readonly event: ShopEvent; readonly shopper: Shopper };

/** How a shopper's visits are timed; the caller counts the events so far. */
export class Schedule {
  readonly #shopper: Shopper;
  readonly #pace: Pace;
  readonly #curve: Curve;
  readonly #phase: number;
  /** The end of the last visit, in milliseconds since 1970. */
  #free = Number.NEGATIVE_INFINITY;
  events = 0;

  constructor(shopper: Shopper, pace: Pace, curve: Curve) {
    this.#shopper = shopper;
    this.#pace = pace;
    this.#curve = curve;
    // Two cycles before the start, so that the crowd has reached its steady state by then.
    const cycle = shopper.role.eventsPerVisit / pace.perShopper;
    this.#phase = cycle * (shopper.random() - 2.5);
  }

  /** When the next visit begins. */
  next(): number {
    const planned = this.#curve(this.#phase + this.events / this.#pace.perShopper);
    return Math.round(Math.max(planned, this.#free));
  }

  /**
   * Skips the visits before the start, as a real shop can't be visited in the past. A visit that would be in its middle at the start
   * begins soon after it.
   * @param start milliseconds since 1970
   */
  skipTo(start: number): void {
    const { eventsPerVisit, persona } = this.#shopper.role;
    const half = ((eventsPerVisit - 1) * this.#pace.thinkMs * persona.thinkFactor) / 2;
    while (this.next() < start - half) this.events += eventsPerVisit;
    const next = this.next();
    if (next < start) this.#free = start + this.#shopper.random() * half;
  }

  /** Milliseconds to the next action of a visit. */
  think(): number {
    const { random, role } = this.#shopper;
    return Math.max(50, logNormal(random, this.#pace.thinkMs * role.persona.thinkFactor, THINK_SIGMA));
  }

  /** @param time when the visit ended */
  left(time: number): void {
    this.#free = time + this.think();
  }
}

/**
 * The events of a shopper from `start` on, by time, without end. An event is made when it is taken: in a large crowd it would
 * wait for its turn longer than the young generation of the heap lasts, and be copied out of it.
 */
export class Timeline {
  readonly #shopper: Shopper;
  readonly #schedule: Schedule;
  #step: Step;
  /** Whether the next event is the ad of the page that was clicked. */
  #hasAd = false;
  /** When the next event is, in milliseconds since 1970. */
  time: number;

  constructor(shopper: Shopper, pace: Pace, curve: Curve, start: number) {
    this.#shopper = shopper;
    this.#schedule = new Schedule(shopper, pace, curve);
    this.time = this.#schedule.next();
    this.#step = beginVisit(shopper);
    while (this.time < start) this.take();
  }

  /** Makes the next event; `time` is then that of the one after it. */
  take(): Planned {
    const { time } = this;
    return { time, event: this.#act(this.#step.action), shopper: this.#shopper };
  }

  #act(action: Action): ShopEvent {
    const [shopper, { time }] = [this.#shopper, this];
    this.#schedule.events += 1;
    if (action.do === 'look' || this.#hasAd) {
      const shown = drawBanner(shopper);
      const event = eventOf(shopper, shopper.random, 'banner_show', shown, time);
      this.#goOn(shown);
      return event;
    }
    if (action.do === 'leave') throw new RangeError('received the end of a visit, expected an action of it');
    const title = action.do === 'click' ? 'banner_click' : 'order';
    const event = eventOf(shopper, shopper.random, title, action.shown, time);
    if (action.do === 'order') this.#goOn(undefined);
    else {
      this.#hasAd = true;
      this.time += AD_MS;
    }
    return event;
  }

  /** @param shown as continueVisit() takes it */
  #goOn(shown: Shown | undefined): void {
    this.#hasAd = false;
    this.time += this.#schedule.think();
    this.#step = continueVisit(this.#shopper, this.#step.visit, shown);
    if (this.#step.action.do !== 'leave') return;
    this.#schedule.left(this.time);
    this.time = this.#schedule.next();
    this.#step = beginVisit(this.#shopper);
  }
}

function drawBanner({ random, role }: Shopper): Shown {
  const product = PRODUCTS[pickWeighted(random, BANNERS[role.device])];
  if (product === undefined) throw new RangeError('expected a category');
  return { item: pick(random, itemsOf(product)), pageId: drawId(random) };
}

/** An event as the shop itself would send it. */
export function eventOf(
  shopper: Shopper,
  random: Random,
  title: Title,
  { item, pageId }: Shown,
  time: number,
): ShopEvent {
  const at = isoOf(time);
  return {
    order_id: drawOrderId(random, time),
    user_id: shopper.userId,
    page_id: title === 'order' ? ORDER_PAGE_ID : pageId,
    product: item.product,
    site_version: shopper.role.device,
    time: at,
    title,
    target: title === 'order' ? 1 : 0,
    context: contextOf(shopper, item.slug, at),
  };
}

/** Written out twice: spreading what may be absent takes longer than all else here. */
function contextOf(
  { ip, userAgent: user_agent, gender, birthdate }: Shopper,
  item: string,
  received_at: string,
): EventContext {
  const [bot, simulated] = [false, true];
  return birthdate === undefined
    ? { ip, user_agent, bot, gender, item, simulated, received_at }
    : { ip, user_agent, bot, gender, birthdate, item, simulated, received_at };
}

let known = { time: Number.NaN, iso: '' };

/** As toISOString(). The last one is cached, as consecutive events often have the same time. */
function isoOf(time: number): string {
  if (known.time !== time) known = { time, iso: new Date(time).toISOString() };
  return known.iso;
}
