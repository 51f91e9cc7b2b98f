// The list of rejected messages: keeps the counts up to date, and announces new messages. The list itself stays as it is,
// so that nothing moves under a finger.

import { address } from './base.js';
import { matching, newsOf, totalOf } from './dead-letter-counts.js';
import { listen } from './live.js';

const notice = document.querySelector('[data-new]');
const { newest } = document.querySelector('main').dataset;
const asked = new URLSearchParams(location.search);
const state = asked.get('state') ?? 'open';
const code = asked.get('code');
const which = new URLSearchParams({ state, ...(code === null ? {} : { code }), limit: '1' });

/** Number of messages at the first look, before any new one. @type {number | undefined} */
let first;

async function look() {
  // While the shop is away the page stays as it is; live.js reports when it is back.
  const answer = await fetch(address(`/api/dead-letters?${which}`)).catch(() => undefined);
  if (!answer?.ok) return;
  /** @type {{ rows: readonly { id: number }[], counts: Readonly<Record<string, number>> }} */
  const { rows, counts } = await answer.json();
  const total = totalOf(counts);
  const now = matching(counts, code);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-count]'))) {
    const { count = '' } = place.dataset;
    place.textContent = (count === 'all' ? total : (counts[count] ?? 0)).toLocaleString('en');
  }
  first ??= now;
  // An older page (newest = '') announces nothing.
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
