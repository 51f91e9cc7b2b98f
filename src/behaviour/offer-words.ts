// What each offer offers.

import type { OfferName } from './machine.ts';

export const OFFER_WORDS: Readonly<Record<OfferName, { readonly title: string; readonly words: string }>> = {
  offer1: {
    title: 'Sneakers go with that',
    words: 'You looked at two pieces of clothing and at sneakers: together they are 15% off today.',
  },
  offer2: {
    title: 'The second piece is half',
    words: 'You looked at two pieces of clothing and at sneakers: take both pieces, and one is half price.',
  },
};
