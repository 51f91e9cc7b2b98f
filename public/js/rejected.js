// The list of rejected messages: says when new ones came, and keeps the counts true. The list itself stays where it is,
// so that nothing moves under somebody's finger.

import { listen } from './live.js';

const main = document.querySelector('main');
const notice = document.querySelector('[data-new]');
const newest = Number(main.dataset.newest);
const state = new URLSearchParams(location.search).get('state') ?? 'open';

async function look() {
  const answer = await fetch(`/api/dead-letters?state=${state}&limit=200`);
  if (!answer.ok) return;
  const { rows, counts } = await answer.json();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (const place of document.querySelectorAll('[data-count]')) {
    const { count } = place.dataset;
    place.textContent = (count === 'all' ? total : (counts[count] ?? 0)).toLocaleString('en');
  }
  const fresh = rows.filter(({ id }) => id > newest).length;
  if (main.dataset.newest === '' || fresh === 0) return;
  const link = document.createElement('a');
  link.href = location.href;
  link.textContent = 'Show';
  notice.replaceChildren(`${fresh === 200 ? '200 or more' : fresh} new. `, link);
}

listen('/api/live', { changed: look }, () => {});
