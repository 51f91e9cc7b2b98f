// A SharedWorker: the streams of all tabs of this browser, one connection for each. Browsers open six connections to a
// host that speaks HTTP/1.1; with one stream for each tab the seventh tab would wait for ever.
// A tab says { join, names } or { leave }, by the address of the stream, and is told { of, name, data } and
// { of, connected }. The server tells its whole state to whoever connects: for a tab that joins, the stream is opened
// anew, and the old connection stays until the new one is there, so that the others miss nothing.

import { openSource } from './source.js';

/** Tabs that come together, as when a browser restores them, share one connection. */
const GATHER_MS = 50;

/** By address. `names`: the events that any tab has asked for. */
const streams = new Map();

function streamOf(url) {
  const known = streams.get(url) ?? {
    ports: new Set(),
    names: new Set(),
    connected: undefined,
    close: () => {},
    opening: undefined,
  };
  streams.set(url, known);
  return known;
}

function tell(stream, message) {
  for (const port of stream.ports) port.postMessage(message);
}

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

function join(port, url, names) {
  const stream = streamOf(url);
  stream.ports.add(port);
  for (const name of names) stream.names.add(name);
  stream.opening ??= setTimeout(() => open(url, stream), GATHER_MS);
}

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
  port.onmessage = ({ data }) => {
    if (data.join !== undefined) join(port, data.join, data.names);
    else leave(port, data.leave);
  };
});
