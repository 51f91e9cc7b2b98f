// The events of all shoppers in one row, by time. A generator: it takes as much memory as there are shoppers, however long
// it goes on.

import TinyQueue from 'tinyqueue';
import { fitRoles } from './fit.ts';
import { type Pace, paceOf } from './pace.ts';
import type { Persona } from './personas.ts';
import { type Shopper, shopperOf } from './shopper.ts';
import { type Planned, timeline } from './timeline.ts';
import { type Curve, flat, weekly } from './week.ts';

export type CrowdOptions = {
  readonly users: number;
  /** Events a second, of all. */
  readonly rate: number;
  readonly seed: number;
  readonly personas: readonly Persona[];
  /** Milliseconds since 1970 of the first moment. */
  readonly start: number;
  /** Milliseconds since 1970 of the first moment that is too late; may be Infinity. */
  readonly end: number;
  readonly curve: 'flat' | 'week';
};

/** An event, and whose it is. */
export type CrowdEvent = Planned & { readonly shopper: Shopper };

type Coming = CrowdEvent & { readonly rest: Generator<Planned> };

/** Those shoppers who are needed for the rate, and their pace. */
export function gather({ users, rate, seed, personas }: CrowdOptions): { pace: Pace; shoppers: Shopper[] } {
  const pace = paceOf(users, rate);
  const roles = fitRoles(personas);
  return {
    pace,
    shoppers: Array.from({ length: pace.shoppers }, (_, number) => shopperOf(seed, roles, number)),
  };
}

export const curveOf = ({ curve, start }: CrowdOptions): (() => Curve) =>
  curve === 'week' ? () => weekly(start) : () => flat(start);

/** All events of the crowd from start to end. */
export function* crowd(options: CrowdOptions): Generator<CrowdEvent> {
  const { pace, shoppers } = gather(options);
  const curve = curveOf(options);
  const queue = new TinyQueue<Coming>([], (a, b) => a.time - b.time || a.shopper.number - b.shopper.number);
  const add = (shopper: Shopper, rest: Generator<Planned>) => {
    const next = rest.next();
    if (next.done !== true && next.value.time < options.end) queue.push({ ...next.value, shopper, rest });
  };
  for (const shopper of shoppers) add(shopper, timeline(shopper, pace, curve(), options.start));
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const { time, event, shopper, rest } = one;
    yield { time, event, shopper };
    add(shopper, rest);
  }
}
