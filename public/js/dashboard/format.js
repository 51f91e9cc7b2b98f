// What pages write, with instants in the shop's zone.

export { categoryName } from '../marks.js';
export * from './numbers.js';

/** The zone of days and clocks: the shop's, not the reader's. */
export const TIME_ZONE = document.querySelector('main').dataset.timeZone ?? 'UTC';

const clockFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: TIME_ZONE });
const momentFormat = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: TIME_ZONE,
});

/** An instant → 14:03:22 in the shop's zone. @param {string} iso */
export const clock = (iso) => clockFormat.format(new Date(iso));

/** An instant → 22 Nov 2026, 14:03 in the shop's zone. @param {string | number} iso or milliseconds */
export const moment = (iso) => momentFormat.format(new Date(iso));
