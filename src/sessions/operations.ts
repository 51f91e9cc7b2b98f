// The API's operations of sessions.

import { z } from 'zod';
import { isId } from '../events/ids.ts';
import { operation } from '../http/operation.ts';
import { formatParameter as format } from '../http/response-cache.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { daySchema } from '../runtime/day.ts';
import { SOURCES } from './options.ts';

const TAG = 'Sessions';
const instant = z.iso.datetime();

const userId = z.custom<string>(isId, { error: '32 lower-case hex digits' }).meta({
  type: 'string',
  pattern: '^[0-9a-f]{32}$',
});

const source = z
  .enum(SOURCES, { error: SOURCES.join(', ') })
  .default('live')
  .describe('live: of the topic, as events come; dataset: of loaded files');

const listed = z.object({
  user_id: userId,
  robot: z.boolean(),
  started_at: instant,
  ended_at: instant.describe('the time of the last event'),
  events: z.int(),
});

const figures = z.object({
  sessions: z.int(),
  single: z.int().describe('sessions of one event'),
  events: z.int().describe('of these sessions, whenever they happened'),
  duration_ms: z.int().describe('their lengths together, each from its first event to its last'),
});

const hours = wholeNumber(1, 168).optional();

const bad = { says: 'A parameter that can not be used' };
const away = { says: 'Postgres is away' };

export const sessionOperations = {
  halfHours: operation({
    method: 'get',
    path: '/api/sessions',
    tag: TAG,
    summary: 'Sessions of people by the half hour in which they began',
    description:
      'A session is a visitor’s events without a gap of 30 minutes; exactly 30 minutes later begins another one. Each counts once, in the half hour of its first event. A live count may go down: a late event can make one session of two. Those of loaded files are found once a load; `counting` says that this is under way.',
    query: z.strictObject({
      source,
      hours: hours.describe(
        'how many last hours of the live stream, left out = 8; the last half hour is the one that is not over',
      ),
      from: daySchema
        .optional()
        .describe('first day of the dataset, in the shop’s time zone; left out = its last one'),
      to: daySchema
        .optional()
        .describe('the day after the last one, at most 31 days later; left out = the day after `from`'),
      format,
    }),
    answers: {
      200: {
        says: 'A row for each half hour, zeros included',
        content: {
          'application/json': z.object({
            rows: z.array(
              z.object({ from: instant, to: instant }).extend({
                ...figures.partial().shape,
                sessions: z.int(),
              }),
            ),
            meta: z.object({
              source: z.enum(SOURCES),
              as_of: instant,
              gap_ms: z.int(),
              time_zone: z.string().optional().describe('of the dataset’s days'),
              counting: z.boolean().optional().describe('the files are being counted'),
              extent: z
                .object({ from: z.iso.date(), to: z.iso.date() })
                .nullable()
                .optional()
                .describe('the days of the dataset; null where nothing is loaded'),
            }),
          }),
          'text/csv': 'text',
        },
      },
      400: bad,
      503: away,
    },
    example: { query: { hours: '8' } },
  }),
  begun: operation({
    method: 'get',
    path: '/api/sessions/begun',
    tag: TAG,
    summary: 'The sessions of people that began in a half hour',
    description:
      'At most 1,000, by their beginning. Of the dataset, the events of whoever was there then are read when it is asked.',
    query: z.strictObject({
      source,
      from: z.iso
        .datetime({ error: 'an instant as in 2019-01-31T10:30:00.000Z' })
        .describe('where the half hour begins'),
      format,
    }),
    answers: {
      200: {
        says: 'A row for each session',
        content: {
          'application/json': z.object({
            rows: z.array(listed.omit({ robot: true })),
            meta: z.object({ source: z.enum(SOURCES), gap_ms: z.int(), more: z.boolean() }),
          }),
          'text/csv': 'text',
        },
      },
      400: bad,
      503: away,
    },
    example: { query: { from: '2019-01-31T10:30:00.000Z', source: 'dataset' } },
  }),
  explain: operation({
    method: 'get',
    path: '/api/sessions/visitors/:user_id',
    tag: TAG,
    summary: 'The events of a visitor, each with the gap before it and the verdict',
    params: z.object({ user_id: userId }),
    query: z.strictObject({ source }),
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
      503: away,
    },
    example: { params: { user_id: '0123456789abcdef0123456789abcdef' } },
  }),
  verify: operation({
    method: 'get',
    path: '/api/sessions/verification',
    tag: TAG,
    summary: 'The sessions that are kept beside those that the batch finds in the stored events',
    description:
      'The stored events go through the queries that files go through (sessions/*.sql): of the live stream the last eight hours, session by session, at most every ten seconds; of the dataset all of it, half hour by half hour, again after ten minutes or another load.',
    query: z.strictObject({ source }),
    answers: {
      200: {
        says: 'How many were compared, and what only one of the two has, or the two have differently',
        content: {
          'application/json': z.object({
            source: z.enum(SOURCES),
            from: instant.optional().describe('live: sessions that began after it are compared'),
            events: z.int(),
            sessions: z.int(),
            differences: z.array(
              z.union([
                listed.extend({ only_in: z.enum(['live', 'batch']) }),
                z.object({ from: instant, stored: figures.nullable(), found: figures.nullable() }),
              ]),
            ),
            as_of: instant,
          }),
        },
      },
      400: bad,
      503: { says: 'Postgres or Kafka is away' },
    },
  }),
} as const;
