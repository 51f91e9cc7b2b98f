// The tables as drizzle sees them, for typed look-ups. The migrations make them; a test compares the two.

import { sql } from 'drizzle-orm';
import { bigint, boolean, customType, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { type EventContext, eventFields, hexId } from '../events/event.ts';
import { REJECTION_CODES } from '../events/parse.ts';

type Columns = { [F in keyof typeof eventFields]: (typeof eventFields)[F]['column'] };

const eventColumns = Object.fromEntries(
  Object.entries(eventFields).map(([name, field]) => [name, field.column]),
) as Columns;

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const events = pgTable('events', {
  ...eventColumns,
  partition: integer(),
  offset: bigint({ mode: 'number' }),
  appended_at: timestamp({ withTimezone: true }),
  stored_at: timestamp({ withTimezone: true }),
  topic: text(),
  context: jsonb().$type<EventContext>(),
  stored_in: xid8(),
});

/** States of a dead letter. */
export const DEAD_LETTER_STATES = ['open', 'resent', 'discarded'] as const;

export const deadLetters = pgTable('dead_letters', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  cluster_id: text().notNull(),
  topic: text().notNull(),
  partition: integer().notNull(),
  offset: bigint({ mode: 'number' }).notNull(),
  code: text({ enum: REJECTION_CODES }).notNull(),
  reason: text().notNull(),
  key: bytea(),
  payload: bytea(),
  rejected_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  state: text({ enum: DEAD_LETTER_STATES }).notNull().default('open'),
  settled_at: timestamp({ withTimezone: true }),
  resent_as: hexId(),
  forwarded_at: timestamp({ withTimezone: true }),
  stored_in: xid8().notNull().default(sql`pg_current_xact_id()`),
});

export const loads = pgTable('loads', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  source: text().notNull(),
  sample: boolean().notNull(),
  bytes: bigint({ mode: 'number' }),
  sha256: text(),
  rows: bigint({ mode: 'number' }).notNull().default(0),
  rejected: bigint({ mode: 'number' }).notNull().default(0),
  started_at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  finished_at: timestamp({ withTimezone: true }),
});
