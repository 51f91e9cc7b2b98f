// The API of the dead letters, from which routes and OpenAPI are made.

import { z } from 'zod';
import { DEAD_LETTER_STATES } from '../db/tables.ts';
import { eventSchema } from '../events/event.ts';
import { exampleEvent } from '../events/example.ts';
import { REJECTION_CODES } from '../events/parse.ts';
import { operation } from '../http/operation.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { deadLetterSchema } from './dead-letter.ts';

const TAG = 'Dead letters';
const MOST_DEAD_LETTERS = 200;

export const deadLetterQuery = z.strictObject({
  state: z
    .enum(DEAD_LETTER_STATES, { error: DEAD_LETTER_STATES.join(', ') })
    .optional()
    .describe('their state; left out = all'),
  code: z
    .enum(REJECTION_CODES, { error: REJECTION_CODES.join(', ') })
    .optional()
    .describe('why they were set aside'),
  topic: z
    .string()
    .regex(/^[\w.-]{1,249}$/, { error: 'a topic' })
    .optional()
    .describe('where they came from'),
  partition: wholeNumber(0, 2 ** 31 - 1, 'a partition')
    .optional()
    .describe('where in the topic they came from'),
  before: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'the `next` of an earlier answer')
    .optional()
    .describe('`next` of an earlier answer, for the page after it'),
  limit: wholeNumber(1, MOST_DEAD_LETTERS)
    .default(50)
    .describe(`how many at most, up to ${MOST_DEAD_LETTERS}`),
});

const params = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .describe('of GET /api/dead-letters'),
});
const notFound = { says: 'There is no such dead letter' };
const notOpen = { says: 'The dead letter is not open: it was settled, or its event is on its way' };
const away = { says: 'Postgres or Kafka is away; Retry-After says when to try again' };
const otherOrigin = { says: 'A page of another site sent this' };

export const deadLetterOperations = {
  list: operation({
    method: 'get',
    path: '/api/dead-letters',
    tag: TAG,
    summary: 'Messages that are not events, newest first',
    description: 'Payloads are cut after 1,000 bytes; GET /api/dead-letters/{id} has them whole.',
    query: deadLetterQuery,
    answers: {
      200: {
        says: 'A page of them',
        content: {
          'application/json': z.object({
            rows: z.array(deadLetterSchema),
            next: z.int().nullable().describe('cursor of the next page; null at the end'),
            counts: z
              .partialRecord(z.enum(REJECTION_CODES), z.int())
              .describe('how many there are of each code, whatever `code` asks for'),
          }),
        },
      },
      400: { says: 'A parameter is invalid' },
      503: away,
    },
    example: { query: { state: 'open', limit: '10' } },
  }),
  find: operation({
    method: 'get',
    path: '/api/dead-letters/:id',
    tag: TAG,
    summary: 'One message with all its bytes',
    params,
    answers: {
      200: { says: 'The dead letter', content: { 'application/json': deadLetterSchema } },
      404: notFound,
      503: away,
    },
    example: { params: { id: '1' } },
  }),
  send: operation({
    method: 'post',
    path: '/api/dead-letters/:id/send',
    tag: TAG,
    summary: 'Send an edited event in the place of a dead letter',
    description: 'Answered once Kafka has acknowledged it. The same event sent again is stored once.',
    params,
    body: { 'application/json': eventSchema },
    answers: {
      202: {
        says: 'Kafka has the event, and the dead letter is settled',
        content: {
          'application/json': z.object({
            order_id: z.string(),
            partition: z.int(),
            offset: z.string(),
            letter: deadLetterSchema,
          }),
        },
      },
      400: { says: 'The body is not an event; the dead letter stays open' },
      403: otherOrigin,
      404: notFound,
      409: notOpen,
      413: { says: 'The body is larger than an event may be' },
      415: { says: 'The body is not JSON' },
      503: away,
    },
    example: { params: { id: '1' }, body: exampleEvent },
  }),
  discard: operation({
    method: 'post',
    path: '/api/dead-letters/:id/discard',
    tag: TAG,
    summary: 'Discard a dead letter',
    description: 'It stays in the table, with the state `discarded`.',
    params,
    answers: {
      200: { says: 'The dead letter, discarded', content: { 'application/json': deadLetterSchema } },
      403: otherOrigin,
      404: notFound,
      409: notOpen,
      503: away,
    },
    example: { params: { id: '1' } },
  }),
} as const;
