// Keeps the list of definitions, or the page of one, up to date: the stream names the definitions that have changed, and the
// page is fetched again for the parts that show them ([data-live]).

import { showCopyButtons } from '../copy.js';
import { listen } from '../live.js';

/** However often rows are flushed, the page is fetched once a second at most. */
const FETCH_EVERY_MS = 1_000;

/** The definition that the page shows; '' on the list. */
const { aggregator: mine = '' } = /** @type {HTMLElement} */ (document.querySelector('[data-aggregator]'))
  .dataset;
let isFetching = false;
let isStale = false;

/** @param {Element} place @returns {HTMLElement[]} */
const rowsIn = (place) => [...place.querySelectorAll('[data-id]')];

/** What a link, a button or a table is found by once its part was replaced. @param {Element} element */
const nameOf = (element) =>
  element.getAttribute('href') ?? element.getAttribute('aria-label') ?? element.textContent;

/**
 * Replaces a part of the page; rows that are new in it are marked, and focus and scroll position stay.
 * @param {Element} place
 * @param {Element} fresh the part as it was fetched
 */
function replace(place, fresh) {
  if (place.innerHTML === fresh.innerHTML) return;
  const before = new Set(rowsIn(place).map(({ dataset }) => dataset.id));
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const scrolled = place.querySelector('.data-table')?.scrollLeft ?? 0;
  place.replaceChildren(...fresh.childNodes);
  showCopyButtons(place);
  for (const row of rowsIn(place))
    if (before.size > 0 && !before.has(row.dataset.id)) row.classList.add('fresh');
  const table = place.querySelector('.data-table');
  if (table !== null) table.scrollLeft = scrolled;
  if (focused === null) return;
  /** @type {NodeListOf<HTMLElement>} */
  const focusable = place.querySelectorAll('a, button, [tabindex]');
  [...focusable].find((one) => nameOf(one) === nameOf(focused))?.focus({ preventScroll: true });
}

async function look() {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  isStale = false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-live]'))) {
        const fresh = page.querySelector(`[data-live="${place.dataset.live}"]`);
        if (fresh !== null) replace(place, fresh);
      }
    } else if (answer.status === 404) location.reload();
  } catch {
    // The server is away; once it is back, the stream begins with a change of all definitions.
  }
  setTimeout(() => {
    isFetching = false;
    if (isStale) look();
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
