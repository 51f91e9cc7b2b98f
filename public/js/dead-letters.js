// The list of rejected messages: says when new ones came, and keeps the counts true. The list itself stays where it is,
// so that nothing moves under somebody's finger.

import { address } from './base.js';
import { matching, newsOf, totalOf } from './dead-letter-counts.js';
import { listen } from './live.js';

const notice = document.querySelector('[data-new]');
const { newest } = document.querySelector('main').dataset;
const asked = new URLSearchParams(location.search);
const state = asked.get('state') ?? 'open';
const code = asked.get('code');
const which = new URLSearchParams({ state, ...(code === null ? {} : { code }), limit: '1' });

/** @type {number | undefined} */
let first;

async function look() {
  const answer = await fetch(address(`/api/dead-letters?${which}`));
  if (!answer.ok) return;
  /** @type {{ rows: readonly { id: number }[], counts: Readonly<Record<string, number>> }} */
  const { rows, counts } = await answer.json();
  const total = totalOf(counts);
  const now = matching(counts, code);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-count]'))) {
    const { count = '' } = place.dataset;
    place.textContent = (count === 'all' ? total : (counts[count] ?? 0)).toLocaleString('en');
  }
  first ??= now;
  // Of an older page, what is new is no news.
  const [latest] = rows;
  if (newest === '' || latest === undefined || latest.id <= Number(newest)) {
    first = now;
    return;
  }
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = 'Show';
  notice.replaceChildren(newsOf(now - first), link);
}

look();
listen('/api/live', { changed: look }, (_connected, missed) => missed && look());
