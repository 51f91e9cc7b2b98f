// Events that ingest would set aside are refused before they are accepted, while their client can still be told.

import type { ShopEvent } from '../events/event.ts';
import { futureOf } from '../events/future.ts';
import { parseEventBytes } from '../events/parse.ts';
import { readWire } from '../events/wire.ts';
import { KafkaError } from './errors.ts';

/** Why ingest would set the event of a line aside; undefined if it would store it. */
export function refusalOf(line: string, event: ShopEvent | undefined): KafkaError | undefined {
  const bytes = Buffer.from(line);
  const parsed = readWire(bytes) === undefined ? parseEventBytes(bytes) : undefined;
  const rejection =
    parsed?.ok === false ? parsed.rejection : futureOf(Date.parse(event?.time ?? ''), takenAtOf(event));
  return rejection === undefined ? undefined : new KafkaError('REFUSED', `no event: ${rejection.reason}`);
}

/** context.received_at of an event, in milliseconds since 1970; the current time where it has none, or an invalid one. */
export function takenAtOf(event: ShopEvent | undefined): number {
  const at = Date.parse(event?.context?.received_at ?? '');
  return Number.isNaN(at) ? Date.now() : at;
}
