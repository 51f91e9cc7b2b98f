import type { ShopEvent } from '../../src/events/event.ts';
import { type Acknowledgement, acknowledgementOf, type Publisher } from '../../src/kafka/publisher.ts';

/** Publishes an event alone. */
export function publish(publisher: Publisher, event: ShopEvent): Promise<Acknowledgement> {
  return publisher.publishAll([event]).then(acknowledgementOf);
}
