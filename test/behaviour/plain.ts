// The state machine of offers by a second, plain implementation: a chain of conditions, as the description tells them.

import type { Click } from '../../src/behaviour/machine.ts';

type Plain = {
  state: string;
  first?: string | undefined;
  firstMs?: number | undefined;
  last?: string | undefined;
};

/** The offers and the states of one visitor, click by click. */
export function plainWalk(clicks: readonly Click[]): { states: string[]; offers: string[] } {
  let here: Plain = { state: 'init' };
  const states: string[] = [];
  const offers: string[] = [];
  for (const { product, item, timeMs, gender, age } of clicks) {
    if (here.state !== 'init' && item === here.last) {
      states.push(here.state);
      continue;
    }
    if (here.state !== 'init' && timeMs - (here.firstMs ?? 0) >= 1_800_000) here = { state: 'init' };
    else if (here.state === 'init') {
      const wanted = gender === 'M' ? age >= 35 && age <= 45 : age >= 25 && age <= 35;
      if (product === 'clothes' && wanted)
        here = { state: 'clothes_visited', first: item, firstMs: timeMs, last: item };
    } else if (here.state === 'clothes_visited') {
      if (product === 'sneakers') here = { ...here, state: 'sneakers_visited', last: item };
      else if (product === 'clothes') here = { ...here, last: item };
      else here = { state: 'init' };
    } else if (product === 'clothes' && item === here.first) {
      here = { ...here, state: 'clothes_visited', last: item };
    } else {
      if (product === 'clothes') offers.push(gender === 'M' ? 'offer1' : 'offer2');
      here = { state: 'init' };
    }
    states.push(here.state);
  }
  return { states, offers };
}
