// The events of all shoppers, merged by time. A generator: memory grows with the shoppers, not with the duration.

import { fitRoles } from './fit.ts';
import { type Pace, paceOf } from './pace.ts';
import type { Persona } from './personas.ts';
import { type Shopper, shoppersOf } from './shopper.ts';
import { hasPauses, inSittings } from './sittings.ts';
import { TimeQueue } from './time-queue.ts';
import { type Planned, Timeline } from './timeline.ts';
import { type Curve, flat, weekly } from './week.ts';

export type CrowdOptions = {
  readonly users: number;
  /** Events a second, of all. */
  readonly rate: number;
  readonly seed: number;
  readonly personas: readonly Persona[];
  /** The instant whose hour of the week `start` has for the shoppers, in milliseconds since 1970. */
  readonly clock: number;
  /** Milliseconds since 1970 of the first moment. */
  readonly start: number;
  /** Milliseconds since 1970 of the first moment that is too late; may be Infinity. */
  readonly end: number;
  readonly curve: 'flat' | 'week';
  /** Share of visits, 0 to 1, after which a new person takes the shopper's place; the target http alone has it. */
  readonly turnover: number;
};

/** The shoppers that the rate needs, and their pace. */
export function gather({ users, rate, seed, personas }: CrowdOptions): { pace: Pace; shoppers: Shopper[] } {
  const pace = paceOf(users, rate);
  return { pace, shoppers: shoppersOf(seed, fitRoles(personas), pace.shoppers) };
}

/** The traffic curve of each shopper, by its number. */
export const curveOf =
  ({ curve, clock, start, end }: CrowdOptions) =>
  (shopper: number): Curve => {
    const week = weekly(clock);
    const traffic: Curve = curve === 'week' ? (seconds) => week(seconds) + (start - clock) : flat(start);
    return hasPauses(end - start) ? inSittings(traffic, shopper) : traffic;
  };

/** All events of the crowd from start to end. */
export function* crowd(options: CrowdOptions): Generator<Planned> {
  const { start, end } = options;
  const { pace, shoppers } = gather(options);
  const curve = curveOf(options);
  const queue = new TimeQueue(shoppers.length);
  const timelines = shoppers.map((shopper) => new Timeline(shopper, pace, curve(shopper.number), start));
  for (const [number, { time }] of timelines.entries()) if (time < end) queue.push(time, number);
  for (let number = queue.first; number !== undefined; number = queue.first) {
    const timeline = timelines[number] as Timeline;
    const one = timeline.take();
    if (timeline.time < end) queue.putOff(timeline.time);
    else queue.drop();
    yield one;
  }
}
