// All that is sent of a row of events, by the time at which it is to be sent: what faults hold back finds its place.

import TinyQueue from 'tinyqueue';
import type { Injector, Send } from './inject.ts';
import type { Planned } from './timeline.ts';

/** No fault holds an event back for longer. */
const MOST_HELD_MS = 11_000;

type Held = { readonly send: Send; readonly order: number };

/** @param events by time */
export function* sendsInOrder(events: Iterable<Planned>, injector: Injector): Generator<Send> {
  const held = new TinyQueue<Held>([], (a, b) => a.send.at - b.send.at || a.order - b.order);
  let order = 0;
  for (const event of events) {
    while ((held.peek()?.send.at ?? Number.POSITIVE_INFINITY) <= event.time) yield (held.pop() as Held).send;
    for (const send of injector.sendsOf(event)) {
      if (send.at <= event.time && held.length === 0) yield send;
      else held.push({ send, order });
      order += 1;
      if (send.at > event.time + MOST_HELD_MS)
        throw new RangeError('a fault held an event back for too long');
    }
  }
  for (let one = held.pop(); one !== undefined; one = held.pop()) yield one.send;
}
