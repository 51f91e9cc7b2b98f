// A stream of server-sent events that heals itself. The browser reconnects by itself after a dropped connection, but
// gives up for good when the answer is an error, as from a proxy while the server restarts: then we open a new one.

import { address } from './base.js';

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

/**
 * @param {string} url of the shop, from / on
 * @param {Record<string, (data: any) => void>} handlers  by the name of the event; data is parsed JSON
 * @param {(connected: boolean) => void} onState
 */
export function listen(url, handlers, onState) {
  let wait = FIRST_WAIT;
  /** @type {EventSource} */
  let source;
  const open = () => {
    source = new EventSource(address(url));
    source.addEventListener('open', () => {
      wait = FIRST_WAIT;
      onState(true);
    });
    source.addEventListener('error', () => {
      onState(false);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (message) => handle(JSON.parse(message.data)));
    }
  };
  open();
  // A page that is left keeps no connection: browsers allow six per host, and the back button may keep the page.
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', (event) => {
    if (event.persisted) open();
  });
}
