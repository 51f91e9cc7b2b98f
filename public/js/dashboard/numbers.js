// Numbers, days and names as pages write them: short where space is short, exact where somebody asks.

const exactFormat = new Intl.NumberFormat('en');
const shortFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const percentFormat = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const weekdayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** 8471220 → 8,471,220 @param {number} count */
export const exact = (count) => exactFormat.format(count);

/** 8471220 → 8.47 M; below ten thousand it stays exact. @param {number} count */
export const short = (count) =>
  Math.abs(count) < 10_000 ? exactFormat.format(count) : shortFormat.format(count).replace(/(?=[KMB]$)/, ' ');

/** 3 of 7 → 42.9%; undefined where there is nothing to have a share of. @param {number} part  @param {number} whole */
export const share = (part, whole) => (whole > 0 ? percentFormat.format(part / whole) : undefined);

/** An ISO day → 22 Nov 2026. @param {string} isoDay */
export const day = (isoDay) => dayFormat.format(new Date(isoDay));

/** An ISO day → Sun, 22 Nov 2026. @param {string} isoDay */
export const weekday = (isoDay) => weekdayFormat.format(new Date(isoDay));

/** The ISO day that comes `days` after an ISO day. @param {string} isoDay  @param {number} days */
export const dayPlus = (isoDay, days) =>
  new Date(Date.parse(isoDay) + days * 86_400_000).toISOString().slice(0, 10);

/** The ISO day after an ISO day. @param {string} isoDay */
export const dayAfter = (isoDay) => dayPlus(isoDay, 1);

/** `to` excluded, as in the API → "1 Jan 2019 to 31 May 2019", or the one day. @param {string} from  @param {string} to */
export function span(from, to) {
  const last = dayPlus(to, -1);
  return last <= from ? day(from) : `${day(from)} to ${day(last)}`;
}

/** A capital first. @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** An item as the shop writes it: linen-shirt → Linen shirt. @param {string} item */
export const itemName = (item) => capital(item.replaceAll('-', ' '));

/** @param {number} count  @param {string} one */
export const plural = (count, one, many = `${one}s`) => `${short(count)} ${count === 1 ? one : many}`;
