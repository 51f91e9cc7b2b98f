// The visits of a scenario: one visitor's clicks over the last hours with random pauses, so that the number of their sessions can't be
// guessed. They go straight into the topic, as from a client that was offline.

import type { ShopEvent } from '../events/event.ts';
import { type Random, randomBelow } from '../runtime/seeded-random.ts';
import type { Send } from './core/inject.ts';
import { drawId, drawOrderId, streamOf } from './core/streams.ts';
import type { RunOptions } from './options.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Minutes: clearly shorter and clearly longer than the half hour that ends a session. */
const SHORT = [1, 25] as const;
const LONG = [33, 70] as const;

/**
 * A click of the visitor.
 * @param time of the click, milliseconds since 1970
 * @param at when it is sent, milliseconds since 1970
 */
export function visit(random: Random, userId: string, time: number, at: number): ShopEvent {
  return {
    order_id: drawOrderId(random, time),
    user_id: userId,
    page_id: drawId(random),
    product: 'sneakers',
    site_version: 'desktop',
    time: new Date(time).toISOString(),
    title: 'banner_click',
    target: 0,
    context: { simulated: true, item: 'tidal-runner', received_at: new Date(at).toISOString() },
  };
}

/** Clicks in their order, the last one a minute before they are sent. @param count 1 or more */
export function visitsBefore(
  random: Random,
  at: number,
  userId: string,
  count: number,
): readonly ShopEvent[] {
  const events: ShopEvent[] = [];
  let time = at - MINUTE_MS;
  for (let n = 0; n < count; n += 1) {
    events.unshift(visit(random, userId, time, at));
    const [least, most] = randomBelow(random, 3) === 0 ? LONG : SHORT;
    time -= (least * 60 + randomBelow(random, (most - least) * 60)) * SECOND_MS;
  }
  return events;
}

/**
 * The sends of a run's visits, by time. Each step of the timeline has a visitor of its own.
 * @param start milliseconds since 1970
 */
export function visitSends({ visits, seed }: Pick<RunOptions, 'visits' | 'seed'>, start: number): Send[] {
  return visits
    .flatMap(({ at: moment, least, most }, step) => {
      const random = streamOf(seed, step, 'visits');
      const [userId, at] = [drawId(random), start + moment];
      const count = least + randomBelow(random, most - least + 1);
      return visitsBefore(random, at, userId, count).map(
        (event): Send => ({
          at,
          key: userId,
          event,
          broken: undefined,
          faults: [],
          expect: 'stored',
          role: undefined,
        }),
      );
    })
    .sort((one, other) => one.at - other.at);
}
