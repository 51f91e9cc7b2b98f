// Keeps the list of definitions, or one of them, true while somebody looks: the server says what has changed, and the parts of
// the page that show it are fetched and put in their places.

import { listen } from '../live.js';

/** However often something is flushed, the page is fetched once a second at most. */
const FETCH_EVERY_MS = 1_000;

const { aggregator: mine = '' } = /** @type {HTMLElement} */ (document.querySelector('[data-aggregator]'))
  .dataset;
let busy = false;
let again = false;

/** @param {Element} place @returns {HTMLElement[]} */
const rowsIn = (place) => [...place.querySelectorAll('[data-id]')];

/**
 * @param {Element} place
 * @param {Element} fresh
 */
function put(place, fresh) {
  if (place.innerHTML === fresh.innerHTML) return;
  const before = new Set(rowsIn(place).map(({ dataset }) => dataset.id));
  const focused = place.contains(document.activeElement)
    ? document.activeElement?.getAttribute('href')
    : undefined;
  const scrolled = place.querySelector('.data-table')?.scrollLeft ?? 0;
  place.replaceChildren(...fresh.childNodes);
  for (const row of rowsIn(place))
    if (before.size > 0 && !before.has(row.dataset.id)) row.classList.add('fresh');
  const table = place.querySelector('.data-table');
  if (table !== null) table.scrollLeft = scrolled;
  if (typeof focused === 'string')
    /** @type {HTMLElement | null} */ (place.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus();
}

async function look() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  again = false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-live]'))) {
        const fresh = page.querySelector(`[data-live="${place.dataset.live}"]`);
        if (fresh !== null) put(place, fresh);
      }
    } else if (answer.status === 404) location.reload();
  } catch {
    // The stream says when the server is back.
  }
  setTimeout(() => {
    busy = false;
    if (again) look();
  }, FETCH_EVERY_MS);
}

const connection = /** @type {HTMLElement} */ (document.querySelector('[data-connection]'));
listen(
  '/api/aggregator/stream',
  {
    /** @param {{ definitions: readonly string[] | null }} what null: any may have changed */
    changed: ({ definitions }) => {
      if (definitions === null || mine === '' || definitions.includes(mine)) look();
    },
  },
  (connected) => {
    connection.textContent = connected ? 'live' : 'not connected, trying again';
    connection.dataset.state = connected ? 'live' : 'lost';
  },
);
