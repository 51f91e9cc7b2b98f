// A SharedWorker: the streams of all tabs of this browser, one connection for each. Browsers open six connections to a
// host that speaks HTTP/1.1; with one stream for each tab the seventh tab would wait for ever.
// A tab says { join, names } or { leave }, by the address of the stream, and is told { of, name, data } and
// { of, connected }. The server tells its whole state to whoever connects: for a tab that joins, the stream is opened
// anew, and the old connection stays until the new one is there, so that the others miss nothing.

import { openSource } from './source.js';

/** Tabs that come together, as when a browser restores them, share one connection. */
const GATHER_MS = 50;

/** @typedef {{ ports: Set<MessagePort>, names: Set<string>, close: () => void, opening: Timer | undefined }} Shared `names`: the events that any tab has asked for */

/** By address. @type {Map<string, Shared>} */
const streams = new Map();

/** @param {string} url */
function streamOf(url) {
  /** @type {Shared} */
  const known = streams.get(url) ?? {
    ports: new Set(),
    names: new Set(),
    close: () => {},
    opening: undefined,
  };
  streams.set(url, known);
  return known;
}

/** @param {Shared} stream  @param {object} message */
function tell(stream, message) {
  for (const port of stream.ports) port.postMessage(message);
}

/** @param {string} url  @param {Shared} stream */
function open(url, stream) {
  stream.opening = undefined;
  const closeOld = stream.close;
  const closeNew = openSource(
    url,
    stream.names,
    (name, data) => tell(stream, { of: url, name, data }),
    (connected) => {
      closeOld();
      tell(stream, { of: url, connected });
    },
  );
  stream.close = () => {
    closeOld();
    closeNew();
  };
}

/** @param {MessagePort} port  @param {string} url  @param {readonly string[]} names */
function join(port, url, names) {
  const stream = streamOf(url);
  stream.ports.add(port);
  for (const name of names) stream.names.add(name);
  stream.opening ??= setTimeout(() => open(url, stream), GATHER_MS);
}

/** @param {MessagePort} port  @param {string} url */
function leave(port, url) {
  const stream = streamOf(url);
  stream.ports.delete(port);
  if (stream.ports.size > 0) return;
  clearTimeout(stream.opening);
  stream.close();
  streams.delete(url);
}

addEventListener('connect', (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  if (port === undefined) return;
  port.onmessage = ({ data }) => {
    if (data.join !== undefined) join(port, data.join, data.names);
    else leave(port, data.leave);
  };
});
