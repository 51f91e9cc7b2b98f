// The operations of sessions, declared.

import { z } from 'zod';
import { isId } from '../../events/ids.ts';
import { operation } from '../../http/operation.ts';

const TAG = 'Sessions';
const instant = z.iso.datetime();

const userId = z.custom<string>(isId, { error: '32 lower-case hex digits' }).meta({
  type: 'string',
  pattern: '^[0-9a-f]{32}$',
});

const listed = z.object({
  user_id: userId,
  robot: z.boolean(),
  started_at: instant,
  ended_at: instant.describe('the time of the last event'),
  events: z.int(),
});

export const sessionOperations = {
  halfHours: operation({
    method: 'get',
    path: '/api/sessions',
    tag: TAG,
    summary: 'Sessions of people by the half hour in which they began',
    description:
      'A session is a visitor’s events without a gap of 30 minutes; exactly 30 minutes later begins another one. Each counts once, in the half hour of its first event. A count may go down: a late event can make one session of two.',
    query: z.strictObject({
      hours: z.coerce
        .number({ error: 'a whole number from 1 to 168' })
        .int({ error: 'a whole number from 1 to 168' })
        .min(1, { error: 'a whole number from 1 to 168' })
        .max(168, { error: 'a whole number from 1 to 168' })
        .default(8)
        .describe('how many last hours; the last half hour is the one that is not over'),
      format: z
        .unknown()
        .optional()
        .meta({ enum: ['json', 'csv'], description: 'instead of the header Accept' }),
    }),
    answers: {
      200: {
        says: 'A row for each half hour, zeros included',
        content: {
          'application/json': z.object({
            rows: z.array(z.object({ from: instant, to: instant, sessions: z.int() })),
            meta: z.object({ as_of: instant, gap_ms: z.int() }),
          }),
          'text/csv': 'text',
        },
      },
      400: { says: 'A parameter that can not be used' },
      503: { says: 'Postgres is away' },
    },
    example: { query: { hours: '8' } },
  }),
  explain: operation({
    method: 'get',
    path: '/api/sessions/visitors/:user_id',
    tag: TAG,
    summary: 'The events of a visitor, each with the gap before it and the verdict',
    params: z.object({ user_id: userId }),
    query: z.strictObject({}),
    answers: {
      200: {
        says: 'The newest 1,000 events, the oldest of them first',
        content: {
          'application/json': z.object({
            user_id: userId,
            events: z.array(
              z.object({
                time: instant,
                session: z.int().describe('among those that are listed, from 1'),
                gap_ms: z.int().nullable(),
                verdict: z.string(),
                order_id: userId,
              }),
            ),
          }),
        },
      },
      400: { says: 'No id' },
      404: { says: 'A visitor without an event' },
      503: { says: 'Postgres is away' },
    },
    example: { params: { user_id: '0123456789abcdef0123456789abcdef' } },
  }),
  verify: operation({
    method: 'get',
    path: '/api/sessions/verification',
    tag: TAG,
    summary:
      'The live sessions of the last eight hours beside those that the batch finds in the stored events',
    description:
      'The stored events go through the queries that files go through (sessions/*.sql). Asked at most every ten seconds.',
    query: z.strictObject({}),
    answers: {
      200: {
        says: 'How many were compared, and the sessions that only one of the two has',
        content: {
          'application/json': z.object({
            from: instant,
            events: z.int(),
            sessions: z.int(),
            differences: z.array(listed.extend({ only_in: z.enum(['live', 'batch']) })),
            as_of: instant,
          }),
        },
      },
      503: { says: 'Postgres or Kafka is away' },
    },
  }),
} as const;
