// Whether a repeated order_id is the same event or another one. The dataset's columns decide: context differs with each send, as
// it has when the event was received, and from which address.

import type { Rejection } from './parse.ts';

/** What an event says, besides its order_id and its context: ids as 32 hex digits, `time` in milliseconds since 1970. */
export type Content = {
  readonly user_id: string;
  readonly page_id: string;
  readonly product: string;
  readonly site_version: string;
  readonly time: number;
  readonly title: string;
};

const FIELDS = ['user_id', 'page_id', 'product', 'site_version', 'time', 'title'] as const;

/** Why an event can't have this order_id, which another event has already; undefined where the two say the same. */
export function conflictOf(order_id: string, came: Content, known: Content): Rejection | undefined {
  const differing = FIELDS.filter((field) => came[field] !== known[field]);
  if (differing.length === 0) return undefined;
  const reason = `order_id: received ${order_id} again with another ${differing.join(', ')}, expected an order_id of its own or the same event`;
  return { code: 'order_id_conflict', reason };
}
