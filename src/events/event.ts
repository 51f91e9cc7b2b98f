// What an event is, said once. `eventFields` gives the type, the validation, the JSON on the wire, the OpenAPI
// schema and the columns in Postgres; nothing else in the project lists these fields again.
// The first eight are the Kaggle dataset's columns; `context` is what only live events have.

import { customType, pgEnum, smallint, timestamp } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { STORABLE_TEXT } from '../runtime/storable-text.ts';
import { isId } from './ids.ts';
import { PRODUCTS } from './products.ts';

/** Kinds of devices, as far as they are known; `other` is a television, a watch, a robot and the like. */
export const DEVICE_TYPES = ['desktop', 'mobile', 'tablet', 'other'] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

export const DEVICES = ['desktop', 'mobile'] as const;
export const TITLES = ['banner_show', 'banner_click', 'order'] as const;
export type Device = (typeof DEVICES)[number];
export type Title = (typeof TITLES)[number];

/** A 128-bit id: 32 lower-case hex digits in the program, 16 bytes (`uuid`) in Postgres. */
export const hexId = customType<{ data: string; driverData: string }>({
  dataType: () => 'uuid',
  fromDriver: (uuid) => uuid.replaceAll('-', ''),
});

const productEnum = pgEnum('product', PRODUCTS);
const deviceEnum = pgEnum('site_version', DEVICES);
const titleEnum = pgEnum('title', TITLES);

const id = z.custom<string>(isId, { error: 'expected 32 lower-case hex digits' }).meta({
  type: 'string',
  pattern: '^[0-9a-f]{32}$',
});

const FIRST_YEAR = 2000;
const LAST_YEAR = 2099;

/** The earliest time that an event may have; an earlier one comes of a wrong clock, or of a sender that counts in seconds. */
export const FIRST_TIME_MS = Date.UTC(FIRST_YEAR, 0);

/** ISO 8601, UTC, milliseconds, year 2000 to 2099: wide enough for any clock that is only somewhat wrong. */
const time = z.iso
  .datetime({ precision: 3, error: 'expected ISO 8601 UTC as in 2026-01-31T12:00:00.000Z' })
  .refine(
    (text) => {
      const year = Number(text.slice(0, 4));
      return year >= FIRST_YEAR && year <= LAST_YEAR;
    },
    { error: `expected a year from ${FIRST_YEAR} to ${LAST_YEAR}` },
  );

/** The eight fields of an event in their order, each with its validation and its column. */
export const eventFields = {
  order_id: { schema: id.describe("the record's own id and idempotency key"), column: hexId().primaryKey() },
  user_id: { schema: id.describe('the visitor'), column: hexId().notNull() },
  page_id: {
    schema: id.describe('made at a show, repeated by its click; md5("nan") for an order'),
    column: hexId().notNull(),
  },
  product: { schema: z.enum(PRODUCTS).describe('category'), column: productEnum().notNull() },
  site_version: { schema: z.enum(DEVICES).describe('device'), column: deviceEnum().notNull() },
  time: { schema: time.describe('when it happened'), column: timestamp({ withTimezone: true }).notNull() },
  title: { schema: z.enum(TITLES).describe('what happened'), column: titleEnum().notNull() },
  target: {
    schema: z.union([z.literal(0), z.literal(1)]).describe('1 for an order, else 0'),
    column: smallint().notNull(),
  },
} as const;

/** Names of the eight columns, in the order of the dataset's header. */
export const EVENT_COLUMNS = Object.keys(eventFields) as (keyof typeof eventFields)[];

const isoDate = z.iso.date({ error: 'expected a date as in 1990-12-31' });

const text = (longest: number) =>
  z
    .string()
    .max(longest, { error: `expected at most ${longest} characters` })
    .regex(STORABLE_TEXT, { error: 'expected text without NUL or lone surrogates' });

/** What a live event may carry beside the dataset's columns. Untrusted wherever a client can send it. */
export const contextSchema = z
  .strictObject({
    ip: z.union([z.ipv4(), z.ipv6()], { error: 'expected an IPv4 or IPv6 address' }).optional(),
    user_agent: text(1024).optional(),
    device_type: z
      .enum(DEVICE_TYPES)
      .optional()
      .describe('what the page itself knows of its device, where the user agent can not tell it'),
    referrer: text(2048).optional(),
    gender: z.enum(['F', 'M', 'U']).optional(),
    age: z
      .int({ error: 'expected a whole number of years' })
      .min(0, { error: 'expected 0 to 130 years' })
      .max(130, { error: 'expected 0 to 130 years' })
      .optional(),
    birthdate: isoDate.optional(),
    item: text(64).optional().describe('the catalogue item that was seen or ordered'),
    bot: z.boolean().optional().describe('true where the user agent is a known robot'),
    simulated: z.boolean().optional().describe('true where the simulator made it'),
    received_at: time.optional().describe('when the shop or the collector took it'),
  })
  .meta({ id: 'EventContext', description: 'What only live events have' });
export type EventContext = z.infer<typeof contextSchema>;

type FieldSchemas = { [F in keyof typeof eventFields]: (typeof eventFields)[F]['schema'] };

const fieldSchemas = Object.fromEntries(
  Object.entries(eventFields).map(([name, field]) => [name, field.schema]),
) as FieldSchemas;

/** The dataset's columns alone, as every event has them. */
export const eventFieldsSchema = z
  .strictObject(fieldSchemas)
  .meta({ id: 'EventFields', description: 'The columns of the dataset, and of the table of events' });

/** The event on the wire: what is sent to Kafka, taken by the collector and stored by ingest. */
export const eventSchema = z
  .strictObject({ ...fieldSchemas, context: contextSchema.optional() })
  .refine((event) => event.target === (event.title === 'order' ? 1 : 0), {
    path: ['target'],
    error: 'expected 1 for an order and 0 for anything else',
  })
  .meta({ id: 'Event', description: 'Something that happened in a shop: what is sent to Kafka' });
export type ShopEvent = z.infer<typeof eventSchema>;
