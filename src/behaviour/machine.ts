// The state machine of offers, as data: states, and for each the moves that a click can make, in the order in which they are
// tried. The first whose guards all hold is made; where none is, the visitor is back at the start. The picture on the live page
// is drawn from the same list.

export const STATES = ['init', 'clothes_visited', 'sneakers_visited', 'offer'] as const;
export type State = (typeof STATES)[number];
export const FIRST: State = 'init';
/** Makes an offer, and is left at once. */
export const OFFER: State = 'offer';
/** Milliseconds from the first click: a click exactly so much later is too late. */
export const WINDOW_MS = 30 * 60_000;

export const OFFERS = { M: 'offer1', F: 'offer2' } as const;
export type Gender = keyof typeof OFFERS;
export type OfferName = (typeof OFFERS)[Gender];

/** Ages that get an offer, inclusive. */
const AGES: Readonly<Record<Gender, readonly [from: number, to: number]>> = { M: [35, 45], F: [25, 35] };

/** A click as the machine sees it. */
export type Click = {
  readonly product: string;
  readonly item: string;
  /** When it happened, in milliseconds. */
  readonly timeMs: number;
  readonly gender: Gender;
  /** Whole years on the day of the click. */
  readonly age: number;
};

/** Where a visitor is; an item or a time is undefined where nothing is remembered. */
export type Place = {
  readonly state: State;
  readonly firstItem: string | undefined;
  readonly firstMs: number | undefined;
  readonly lastItem: string | undefined;
};

export const START: Place = { state: FIRST, firstItem: undefined, firstMs: undefined, lastItem: undefined };

export type Guard = {
  readonly name: string;
  holds(click: Click, place: Place): boolean;
  /** Why it doesn't hold, for the log. */
  fails(click: Click, place: Place): string;
};

const of = (product: string): Guard => ({
  name: product,
  holds: (click) => click.product === product,
  fails: (click) => `${click.product}, not ${product}`,
});
const inAges: Guard = {
  name: 'man of 35–45 or woman of 25–35',
  holds: ({ gender, age }) => age >= AGES[gender][0] && age <= AGES[gender][1],
  fails: ({ product, gender, age }) => `${product}, but age ${age} is not in ${AGES[gender].join('–')}`,
};
const otherItem: Guard = {
  name: 'another item than the first',
  holds: ({ item }, { firstItem }) => item !== firstItem,
  fails: ({ item }) => `${item} again`,
};
const firstItem: Guard = {
  name: 'the first item',
  holds: ({ item }, place) => item === place.firstItem,
  fails: ({ item }) => `${item} is not the first item`,
};

export type Move = { readonly to: State; readonly guards: readonly Guard[]; readonly remembersFirst?: true };

export const MOVES: Readonly<Record<State, readonly Move[]>> = {
  init: [{ to: 'clothes_visited', guards: [of('clothes'), inAges], remembersFirst: true }],
  clothes_visited: [
    { to: 'sneakers_visited', guards: [of('sneakers')] },
    { to: 'clothes_visited', guards: [of('clothes')] },
  ],
  sneakers_visited: [
    { to: 'offer', guards: [of('clothes'), otherItem] },
    { to: 'clothes_visited', guards: [of('clothes'), firstItem] },
  ],
  offer: [],
};

/** What a click has done. */
export type Step = {
  readonly place: Place;
  readonly from: State;
  readonly to: State;
  /** In words, for the log. */
  readonly because: string;
  readonly offer: OfferName | undefined;
};

/** Takes a click; undefined where it changes nothing: a page that is loaded again, or a first click in another category. */
export function step(place: Place, click: Click): Step | undefined {
  if (place.lastItem === click.item) return undefined;
  if (place.firstMs !== undefined && click.timeMs - place.firstMs >= WINDOW_MS)
    return moved(place, START, 'more than 30 minutes after the first click');
  const moves = MOVES[place.state];
  const move = moves.find(({ guards }) => guards.every((guard) => guard.holds(click, place)));
  if (move === undefined) {
    const because = failureOf(moves, click, place);
    // A visitor who stays at the start is logged only where the category was right.
    return place.state === FIRST && click.product !== 'clothes' ? undefined : moved(place, START, because);
  }
  if (move.to === OFFER) {
    const offer = OFFERS[click.gender];
    return { place: START, from: place.state, to: OFFER, because: `${offer}: ${words(move, click)}`, offer };
  }
  const first = move.remembersFirst ? { firstItem: click.item, firstMs: click.timeMs } : place;
  const next = { state: move.to, firstItem: first.firstItem, firstMs: first.firstMs, lastItem: click.item };
  return moved(place, next, words(move, click));
}

const moved = (from: Place, place: Place, because: string): Step => ({
  place,
  from: from.state,
  to: place.state,
  because,
  offer: undefined,
});

const words = ({ guards }: Move, { item }: Click): string =>
  `${item}: ${guards.map(({ name }) => name).join(', ')}`;

/** The guard that failed in the move that came farthest. */
function failureOf(moves: readonly Move[], click: Click, place: Place): string {
  const failures = moves.map(({ guards }) => {
    const failed = guards.findIndex((guard) => !guard.holds(click, place));
    return { failed, text: guards[failed]?.fails(click, place) ?? '' };
  });
  return failures.toSorted((a, b) => b.failed - a.failed)[0]?.text ?? '';
}
