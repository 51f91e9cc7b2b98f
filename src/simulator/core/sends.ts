// Orders the sends of events by their time, as faults hold some of them back.

import TinyQueue from 'tinyqueue';
import type { Injector, Send } from './inject.ts';
import type { Planned } from './timeline.ts';

/** The longest time for which a fault holds an event back. */
const MOST_HELD_MS = 11_000;

type Held = { readonly send: Send; readonly order: number };

/** A buffer of sends whose time has not come. */
export class HeldSends {
  readonly #held = new TinyQueue<Held>([], (a, b) => a.send.at - b.send.at || a.order - b.order);
  #order = 0;

  /**
   * Adds the sends of the next event.
   * @param time of the event, not before that of the last one
   * @returns the sends that are due by then
   */
  add(time: number, sends: readonly Send[]): readonly Send[] {
    const [first] = sends;
    if (this.#held.length === 0 && sends.length === 1 && first !== undefined && first.at <= time)
      return sends;
    const due: Send[] = [];
    while ((this.#held.peek()?.send.at ?? Number.POSITIVE_INFINITY) <= time)
      due.push((this.#held.pop() as Held).send);
    for (const send of sends) {
      if (send.at <= time && this.#held.length === 0) due.push(send);
      else this.#held.push({ send, order: this.#order });
      this.#order += 1;
      if (send.at > time + MOST_HELD_MS) throw new RangeError('a fault held an event back for too long');
    }
    return due;
  }

  /** The remaining sends. */
  *rest(): Generator<Send> {
    for (let one = this.#held.pop(); one !== undefined; one = this.#held.pop()) yield one.send;
  }
}

/** @param events by time */
export function* sendsInOrder(events: Iterable<Planned>, injector: Injector): Generator<Send> {
  const held = new HeldSends();
  for (const event of events) for (const send of held.add(event.time, injector.sendsOf(event))) yield send;
  yield* held.rest();
}
