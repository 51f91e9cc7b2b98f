// The collector's operation, declared.

import { z } from 'zod';
import { eventSchema } from '../events/event.ts';
import { exampleEvent } from '../events/example.ts';
import { REJECTION_CODES } from '../events/parse.ts';
import { errorSchema, operation } from '../http/operation.ts';

const resultSchema = z
  .discriminatedUnion('accepted', [
    z.object({
      accepted: z.literal(true),
      order_id: z.string(),
      partition: z.int(),
      offset: z.string(),
    }),
    z.object({
      accepted: z.literal(false),
      code: z.enum([...REJECTION_CODES, 'refused']),
      reason: z.string(),
    }),
  ])
  .meta({ id: 'EventResult', description: 'What became of one event' });

const results = {
  accepted: z.int().describe('how many'),
  rejected: z.int().describe('how many'),
  results: z.array(resultSchema).describe('in the order in which the events were sent'),
};

export const collect = operation({
  method: 'post',
  path: '/api/events',
  tag: 'Events',
  summary: 'Send events',
  description:
    'One event or an array of at most 1,000 as JSON, or one a line as NDJSON; 1 MB in all. Pages of the origins in CORS_ORIGINS may send either, also as text/plain (navigator.sendBeacon). Answered once Kafka has ' +
    'acknowledged every accepted event. Sending an event again is safe: its order_id is stored once. Another event with an ' +
    'order_id that was taken is set aside as order_id_conflict; within one request it is rejected at once. So is one whose time is more than a day ahead: time_in_the_future.',
  body: {
    'application/json': z.union([eventSchema, z.array(eventSchema).min(1).max(1_000)]),
    'application/x-ndjson': 'text',
  },
  answers: {
    202: {
      says: 'Kafka has acknowledged all accepted events',
      content: { 'application/json': z.object(results) },
    },
    400: {
      says: 'None was accepted, or the body can not be read',
      content: { 'application/json': z.union([errorSchema, z.object({ ...errorSchema.shape, ...results })]) },
    },
    403: { says: 'A page of another site sent this, and CORS_ORIGINS does not name it' },
    413: { says: 'The body is too large, or has too many events' },
    415: { says: 'The body is neither JSON nor NDJSON' },
    503: { says: 'Kafka is away and nothing more can be kept, or it has not acknowledged in time' },
  },
  example: { body: exampleEvent },
});
