// The operations on single events, declared.

import { z } from 'zod';
import { contextSchema, eventFieldsSchema } from '../events/event.ts';
import { exampleEvent } from '../events/example.ts';
import { operation } from '../http/operation.ts';

const instant = z.iso.datetime().nullable();

const hopsSchema = z
  .object({
    received_at: instant.describe('by the shop or the collector'),
    acknowledged_at: instant.describe('by Kafka'),
    topic: z.string().nullable(),
    partition: z.int().nullable(),
    offset: z.string().nullable(),
    stored_at: instant.describe('in Postgres'),
  })
  .meta({ id: 'Hops', description: 'How far an event has come; null where it has not been or nobody knows' });

export const eventOperations = {
  find: operation({
    method: 'get',
    path: '/api/events/:order_id',
    tag: 'Events',
    summary: 'One event and its trace',
    params: z.object({
      order_id: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .describe('of the event'),
    }),
    answers: {
      200: {
        says: 'The event, as far as it has come',
        content: {
          'application/json': z.object({
            event: eventFieldsSchema,
            context: contextSchema
              .nullable()
              .describe(
                'null for a row of the dataset; what is personal is told to its visitor and the admin only',
              ),
            hops: hopsSchema,
          }),
        },
      },
      404: { says: 'No such event is known, or not yet' },
      503: { says: 'Postgres is away, and only it knows' },
    },
    example: { params: { order_id: exampleEvent.order_id } },
  }),
  trace: operation({
    method: 'get',
    path: '/api/trace',
    tag: 'Streams',
    summary: "The visitor's own events as they move on",
    description:
      'Server-sent events named `trace`: at once for each of the last 20, and again at each hop. The visitor is the one ' +
      'of the cookie.',
    answers: {
      200: { says: 'A stream that stays open', content: { 'text/event-stream': 'text' } },
      429: { says: 'Too many requests, or streams that are open, from this address' },
      503: { says: 'Too many streams are open' },
    },
  }),
} as const;
