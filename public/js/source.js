// A connection of server-sent events that heals itself. The browser reconnects by itself after a dropped connection, but
// gives up for good when the answer is an error, as from a proxy while the server restarts: then we open a new one.

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * @param {string} url
 * @param {Iterable<string>} names of the events that are wanted
 * @param {(name: string, data: string) => void} onEvent
 * @param {(connected: boolean) => void} onState
 * @returns {() => void} closes it
 */
export function openSource(url, names, onEvent, onState) {
  let waitMs = FIRST_WAIT_MS;
  /** @type {Timer | undefined} */
  let again;
  /** @type {EventSource} */
  let source;
  const open = () => {
    source = new EventSource(url);
    source.addEventListener('open', () => {
      waitMs = FIRST_WAIT_MS;
      onState(true);
    });
    source.addEventListener('error', () => {
      onState(false);
      if (source.readyState !== EventSource.CLOSED) return;
      again = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
    for (const name of names) source.addEventListener(name, (message) => onEvent(name, message.data));
  };
  open();
  return () => {
    clearTimeout(again);
    source.close();
  };
}
