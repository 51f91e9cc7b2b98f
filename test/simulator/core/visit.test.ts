// Any visit to any shop: what is shown is drawn here, what the shopper does with it is watched.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/catalogue/catalogue.ts';
import { fitRoles, type Shares } from '../../../src/simulator/core/fit.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';
import { type Shopper, shoppersOf } from '../../../src/simulator/core/shopper.ts';
import { type Action, beginVisit, continueVisit, type Shown } from '../../../src/simulator/core/visit.ts';

const MOST_ACTIONS = 2_000;
const ROLES = fitRoles(PERSONAS);

/** A shopper who follows each show with these shares, and looks this often on average. */
function shopperWho(seed: number, sequels?: Shares, looks?: number): Shopper {
  const [shopper] = shoppersOf(seed, ROLES, 1);
  if (shopper === undefined) throw new Error('no shopper');
  const { role } = shopper;
  return {
    ...shopper,
    role: {
      ...role,
      persona: { ...role.persona, looks: looks ?? role.persona.looks },
      sequels:
        sequels === undefined
          ? role.sequels
          : {
              accessories: sequels,
              clothes: sequels,
              electronics: sequels,
              sneakers: sequels,
              sports_nutrition: sequels,
            },
    },
  };
}

/** All actions of a visit, each with what the shop showed after it. */
function visitOf(shopper: Shopper): { action: Action; shown: Shown | undefined }[] {
  const actions: { action: Action; shown: Shown | undefined }[] = [];
  let step = beginVisit(shopper);
  while (actions.length < MOST_ACTIONS) {
    const { visit, action } = step;
    const item = CATALOGUE[actions.length % CATALOGUE.length];
    const isPage = action.do === 'look' || action.do === 'click';
    const shown = isPage && item !== undefined ? { item, pageId: String(actions.length) } : undefined;
    actions.push({ action, shown });
    if (action.do === 'leave') return actions;
    step = continueVisit(shopper, visit, shown);
  }
  throw new Error('the visit has no end');
}

const does = (actions: readonly { action: Action }[]) => actions.map(({ action }) => action.do);

describe('a visit', () => {
  it('a visit begins with a look, ends once, and orders or clicks only what was shown before, each once', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const actions = visitOf(shopperWho(seed, [0.3, 0.3, 0.2, 0.2]));
        expect(actions[0]?.action.do).toBe('look');
        expect(does(actions).indexOf('leave')).toBe(actions.length - 1);
        const seen = new Set<Shown>();
        const [clicked, ordered] = [new Set<Shown>(), new Set<Shown>()];
        for (const { action, shown } of actions) {
          if (action.do === 'click' || action.do === 'order') {
            expect(seen).toContain(action.shown);
            const before = action.do === 'click' ? clicked : ordered;
            expect(before).not.toContain(action.shown);
            before.add(action.shown);
          }
          if (action.do === 'order') expect(clicked.has(action.shown)).toBe(!action.direct);
          if (shown !== undefined) seen.add(shown);
        }
      }),
    );
  });

  it('a visit has as many looks as its kind of shopper takes on average', () => {
    const looks = Array.from(
      { length: 1_000 },
      (_, seed) => visitOf(shopperWho(seed, [1, 0, 0, 0], 4)).length - 1,
    );
    expect(looks.reduce((sum, count) => sum + count, 0) / looks.length).toBeCloseTo(4, 0);
  });

  it('a visit of one look after which nothing follows is over', () => {
    expect(does(visitOf(shopperWho(1, [1, 0, 0, 0], 1)))).toEqual(['look', 'leave']);
  });

  it('a visit orders what it clicked on once its page was seen, and decides on the ad beside it afterwards', () => {
    const shopper = shopperWho(1, [0, 0, 1, 0], 1);
    const first = beginVisit(shopper);
    const [item] = CATALOGUE;
    if (item === undefined) throw new Error('no item');
    const [banner, ad] = ['banner', 'ad'].map((pageId): Shown => ({ item, pageId }));
    const clicked = continueVisit(shopper, first.visit, banner);
    expect(clicked.action).toEqual({ do: 'click', shown: banner });
    const ordered = continueVisit(shopper, clicked.visit, ad);
    expect(ordered.action).toEqual({ do: 'order', shown: banner, direct: false });
    expect(continueVisit(shopper, ordered.visit, undefined).action).toEqual({ do: 'click', shown: ad });
  });

  it('a visit may order without a click, as by telephone', () => {
    const [, second] = visitOf(shopperWho(1, [0, 0, 0, 1], 1));
    expect(second?.action).toMatchObject({ do: 'order', direct: true });
  });
});
