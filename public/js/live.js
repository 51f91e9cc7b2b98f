// What the server tells, while somebody sees the page. Tabs share one connection for each stream (stream-worker.js);
// without shared workers each has its own (source.js). A tab that is seen again is told the whole state.

import { address } from './base.js';

/** @type {SharedWorker | undefined} */
let worker;

/** undefined where shared workers are unknown, or forbidden as storage is. */
function sharedPort() {
  if (worker !== undefined || typeof SharedWorker === 'undefined') return worker?.port;
  try {
    worker = new SharedWorker(new URL('./stream-worker.js', import.meta.url), { type: 'module' });
    worker.port.start();
  } catch {
    return undefined;
  }
  return worker.port;
}

/** @param {MessagePort} port  @param {Parameters<typeof import('./source.js').openSource>} given */
function shareSource(port, ...[url, names, onEvent, onState]) {
  /** @param {MessageEvent} message */
  const hear = ({ data }) => {
    if (data.of !== url) return;
    if (data.connected === undefined) onEvent(data.name, data.data);
    else onState(data.connected);
  };
  port.addEventListener('message', hear);
  port.postMessage({ join: url, names });
  return () => {
    port.removeEventListener('message', hear);
    port.postMessage({ leave: url });
  };
}

/** @param {Parameters<typeof import('./source.js').openSource>} given */
function ownSource(...given) {
  const opened = import('./source.js').then(({ openSource }) => openSource(...given));
  return () => opened.then((close) => close());
}

/**
 * @param {string} path of the stream
 * @param {Readonly<Record<string, (data: never) => void>>} handlers by the name of the event; data is parsed JSON
 * @param {(connected: boolean, missed: boolean) => void} onState `missed`: something may have happened unheard
 */
export function listen(path, handlers, onState) {
  const url = new URL(address(path), location.href).href;
  /** @param {string} name  @param {string} data */
  const onEvent = (name, data) => handlers[name]?.(/** @type {never} */ (JSON.parse(data)));
  let hasGap = false;
  /** @param {boolean} connected */
  const onChange = (connected) => {
    onState(connected, connected && hasGap);
    hasGap = !connected;
  };
  /** @type {[string, string[], typeof onEvent, typeof onChange]} */
  const given = [url, Object.keys(handlers), onEvent, onChange];
  /** @type {(() => void) | undefined} */
  let close;
  const leave = () => {
    close?.();
    close = undefined;
    hasGap = true;
  };
  const see = () => {
    if (document.visibilityState !== 'visible') leave();
    else if (close === undefined) {
      const port = sharedPort();
      close = port === undefined ? ownSource(...given) : shareSource(port, ...given);
    }
  };
  see();
  document.addEventListener('visibilitychange', see);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', see);
}
