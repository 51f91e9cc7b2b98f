// The list of rejected messages: says when new ones came, and keeps the counts true. The list itself stays where it is,
// so that nothing moves under somebody's finger.

import { address } from './base.js';
import { listen } from './live.js';

const notice = document.querySelector('[data-new]');
const { newest } = document.querySelector('main').dataset;
const asked = new URLSearchParams(location.search);
const state = asked.get('state') ?? 'open';
const code = asked.get('code');
const which = new URLSearchParams({ state, ...(code === null ? {} : { code }), limit: '1' });

/**
 * How many there are of what the page lists.
 * @param {Readonly<Record<string, number>>} counts
 */
const matching = (counts) =>
  code === null ? Object.values(counts).reduce((sum, count) => sum + count, 0) : (counts[code] ?? 0);

/** @type {number | undefined} */
let first;

async function look() {
  const answer = await fetch(address(`/api/dead-letters?${which}`));
  if (!answer.ok) return;
  /** @type {{ rows: readonly { id: number }[], counts: Readonly<Record<string, number>> }} */
  const { rows, counts } = await answer.json();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-count]'))) {
    const { count = '' } = place.dataset;
    place.textContent = (count === 'all' ? total : (counts[count] ?? 0)).toLocaleString('en');
  }
  first ??= matching(counts);
  // Of an older page, what is new is no news.
  if (newest === '' || rows.length === 0 || rows[0].id <= Number(newest)) {
    first = matching(counts);
    return;
  }
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = 'Show';
  const more = matching(counts) - first;
  notice.replaceChildren(more > 0 ? `${more.toLocaleString('en')} new. ` : 'There are new ones. ', link);
}

look();
listen('/api/live', { changed: look }, (_connected, missed) => missed && look());
