// A visit as a pure step: what the shopper was shown goes in, what the shopper does next comes out. Whether the shop is the
// real one or drawn from the published counts makes no difference here.

import type { CatalogueItem } from '../../catalogue/catalogue.ts';
import { SEQUELS, type Sequel } from './fit.ts';
import type { Shopper } from './shopper.ts';
import { pickWeighted } from './streams.ts';

/** A banner or an ad. */
export type Shown = { readonly item: CatalogueItem; readonly pageId: string };

export type Action =
  | { readonly do: 'look' }
  | { readonly do: 'click'; readonly shown: Shown }
  /** `direct` where no click came before: by telephone, say, or another client. */
  | { readonly do: 'order'; readonly shown: Shown; readonly direct: boolean }
  | { readonly do: 'leave' };

export type Visit = {
  /** Looks at the front page that are still to come. */
  readonly looks: number;
  /** What is ordered as soon as its page has been seen. */
  readonly ordering: Shown | undefined;
  /** The ad beside it, not decided on yet. */
  readonly aside: Shown | undefined;
};

export type Step = { readonly visit: Visit; readonly action: Action };

const LEAVE: Step = { visit: { looks: 0, ordering: undefined, aside: undefined }, action: { do: 'leave' } };
/** Looks at the front page, by the number of looks after it: shared, as a crowd holds a step for each shopper, mostly one of these. */
const LOOKS: Step[] = [];

/** A visit at its beginning, and its first action: a look at the front page. */
export function beginVisit(shopper: Shopper): Step {
  let looks = 0;
  const again = 1 - 1 / shopper.role.persona.looks;
  while (shopper.random() < again) looks += 1;
  return lookOf(looks);
}

function lookOf(looks: number): Step {
  LOOKS[looks] ??= { visit: { looks, ordering: undefined, aside: undefined }, action: { do: 'look' } };
  return LOOKS[looks];
}

/**
 * What comes after an action.
 * @param shown the banner of a look, the ad beside a clicked product; undefined after an order
 */
export function continueVisit(shopper: Shopper, visit: Visit, shown: Shown | undefined): Step {
  if (visit.ordering !== undefined)
    return {
      visit: { looks: visit.looks, ordering: undefined, aside: shown },
      action: { do: 'order', shown: visit.ordering, direct: false },
    };
  const decided = shown ?? visit.aside;
  if (decided === undefined) return lookAgain(visit);
  const rest = { looks: visit.looks, ordering: undefined, aside: undefined };
  switch (sequelOf(shopper, decided)) {
    case 'click':
      return { visit: rest, action: { do: 'click', shown: decided } };
    case 'click_and_order':
      return {
        visit: { looks: visit.looks, ordering: decided, aside: undefined },
        action: { do: 'click', shown: decided },
      };
    case 'order':
      return { visit: rest, action: { do: 'order', shown: decided, direct: true } };
    case 'nothing':
      return lookAgain(visit);
  }
}

const lookAgain = ({ looks }: Visit): Step => (looks === 0 ? LEAVE : lookOf(looks - 1));

function sequelOf({ role, random }: Shopper, { item }: Shown): Sequel {
  return SEQUELS[pickWeighted(random, role.sequels[item.product])] ?? 'nothing';
}
