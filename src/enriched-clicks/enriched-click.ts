// A click with all that is known of it, in the columns of the tutorial's topic `enriched-click-data`. What isn't known is
// "Unknown" where the column is text, else null: never a guess.

import { findItem } from '../catalogue/catalogue.ts';
import type { Countries } from '../enrichment/country.ts';
import { ageOf, genderOf } from '../enrichment/person.ts';
import { clientOf, UNKNOWN } from '../enrichment/user-agent.ts';
import type { DeviceType, EventContext } from '../events/event.ts';

/** A stored click. */
export type StoredClick = {
  readonly order_id: string;
  readonly user_id: string;
  readonly product: string;
  /** When it happened, and when Kafka had it: milliseconds since 1970. */
  readonly time_ms: number;
  readonly appended_ms: number;
  readonly robot: boolean;
  readonly context: EventContext | null;
  /** What the visitor's page has told, where the user agent can't tell. */
  readonly told: DeviceType | null;
};

export type EnrichedClick = {
  /** When Kafka had the click, milliseconds since 1970. */
  readonly timestamp: number;
  /** When it happened, milliseconds since 1970: a number, as the tutorial's column is. */
  readonly original_timestamp: number;
  readonly userId: string;
  /** Cut as STORE_IP says. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** The catalogue item. */
  readonly productId: string;
  readonly category: string;
  /** The item's name. */
  readonly title: string;
  readonly gender: 'F' | 'M' | typeof UNKNOWN;
  /** English. */
  readonly country: string;
  readonly deviceType: DeviceType;
  /** Whole years on the day of the click. */
  readonly age: number | null;
  readonly birthdate: string | null;
  /** The same instant as `timestamp`, ISO 8601 in UTC. */
  readonly datetime: string;
};

export function enrich(click: StoredClick, countries: Countries): EnrichedClick {
  const context = click.context ?? {};
  const item = context.item === undefined ? undefined : findItem(context.item);
  return {
    timestamp: click.appended_ms,
    original_timestamp: click.time_ms,
    userId: click.user_id,
    ip: context.ip ?? null,
    userAgent: context.user_agent ?? null,
    productId: context.item ?? UNKNOWN,
    category: click.product,
    title: item?.name ?? UNKNOWN,
    gender: genderOf(context) ?? UNKNOWN,
    country: countries.of(context.ip).name,
    deviceType: clientOf(context.user_agent, click.robot, context.device_type ?? click.told ?? undefined)
      .deviceType,
    age: ageOf(context, click.time_ms) ?? null,
    birthdate: context.birthdate ?? null,
    datetime: new Date(click.appended_ms).toISOString(),
  };
}
