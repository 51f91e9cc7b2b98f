// The events of all shoppers in one row, by time. A generator: it takes as much memory as there are shoppers, however long
// it goes on.

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
  /** What hour of the week the first moment is for the shoppers, in milliseconds since 1970. */
  readonly clock: number;
  /** Milliseconds since 1970 of the first moment. */
  readonly start: number;
  /** Milliseconds since 1970 of the first moment that is too late; may be Infinity. */
  readonly end: number;
  readonly curve: 'flat' | 'week';
  /** Share of the visits, 0 to 1, after which somebody new comes in the shopper's place: at the shop's pages alone. */
  readonly turnover: number;
};

/** Those shoppers who are needed for the rate, and their pace. */
export function gather({ users, rate, seed, personas }: CrowdOptions): { pace: Pace; shoppers: Shopper[] } {
  const pace = paceOf(users, rate);
  return { pace, shoppers: shoppersOf(seed, fitRoles(personas), pace.shoppers) };
}

/** The curve of a shopper, by the number. */
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
