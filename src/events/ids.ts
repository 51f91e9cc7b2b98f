// Ids of events: 128 bits, written as 32 lower-case hex digits on the wire and as `uuid` in Postgres.

import { createHash, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** `md5("nan")`: the page_id that every order bears, in the dataset and in the live shop. */
export const ORDER_PAGE_ID = md5Hex('nan');

/** The md5 of a text as 32 lower-case hex digits: how the dataset makes its ids out of numbers. */
export function md5Hex(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** A new order_id: UUIDv7 (RFC 9562) without dashes, so that ids of later events sort later. */
export function newOrderId(): string {
  return v7().replaceAll('-', '');
}

/** A new random id for a visitor or a page view. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** Milliseconds since the epoch at which a UUIDv7 order_id was made; any other id gives a meaningless number. */
export function orderIdTime(orderId: string): number {
  return Number.parseInt(orderId.slice(0, 12), 16);
}

/** True for 32 lower-case hex digits. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}
