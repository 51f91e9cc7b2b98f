// The API's operations of the aggregator.

import { z } from 'zod';
import { operation } from '../http/operation.ts';
import {
  aside,
  deleteQuery,
  fieldsQuery,
  flushTime,
  instant,
  known,
  knownField,
  pageQuery,
  previewBody,
  previewRow,
  result,
  session,
  sessionsQuery,
} from './api-schemas.ts';
import { OPERATIONS } from './core/accumulate.ts';
import { definitionSchema } from './definition/schema.ts';

const TAG = 'Aggregator';
const params = z.object({ name: z.string().describe('of the definition') });
const exampleDefinition = {
  name: 'print-shop',
  topic: 'prints',
  group: { fields: ['subscriber'] },
  aggregate: [{ field: 'sheets', operation: 'SUM' }],
  flush: {
    by: 'TIMEOUT',
    timeout: { type: 'MONTH', day: 10, time: '00:00', zone: 'UTC' },
    conditions: [{ name: '70 sheets', aggregate: 'sum_sheets', operator: '>=', value: 70 }],
  },
} as const;

const bad = { says: 'A parameter that can not be used' };
const admin = {
  401: { says: 'Only with the admin password' },
  403: { says: 'Only from this machine, or a page of another site sent this' },
};
const notFound = { says: 'There is no such definition' };
const away = { says: 'Postgres or Kafka is away; Retry-After says when to come again' };

const json = (schema: z.ZodType) => ({ 'application/json': schema });
const table = (schema: z.ZodType) => ({ 'application/json': schema, 'text/csv': 'text' as const });

export const aggregatorOperations = {
  list: operation({
    method: 'get',
    path: '/api/aggregator/definitions',
    tag: TAG,
    summary: 'Every definition, by name',
    answers: {
      200: { says: 'All definitions', content: json(z.object({ rows: z.array(known) })) },
      ...admin,
      503: away,
    },
  }),
  save: operation({
    method: 'post',
    path: '/api/aggregator/definitions',
    tag: TAG,
    summary: 'Save a definition; a new version where it differs from the one in force',
    description: `Operations are ${OPERATIONS.join(', ')}. Values past 2^53 keep all their digits in results.`,
    body: json(definitionSchema),
    answers: {
      200: { says: 'It is in force', content: json(z.object({ name: z.string(), version: z.int() })) },
      400: { says: 'The definition is invalid; `problems` has every problem, with its place' },
      ...admin,
      413: { says: 'The body is too large' },
      415: { says: 'The body is not JSON' },
      503: away,
    },
    example: { body: exampleDefinition },
  }),
  find: operation({
    method: 'get',
    path: '/api/aggregator/definitions/:name',
    tag: TAG,
    summary: 'One definition: its body, its next flushes, its versions and their sessions',
    params,
    answers: {
      200: {
        says: 'The definition',
        content: json(
          known.extend({
            definition: z.looseObject({}).describe('as it was saved'),
            explained: z.array(z.string()).describe('in words'),
            next_flushes: z.union([z.array(flushTime), z.string().describe('what they depend on')]),
            versions: z.array(
              z.object({
                version: z.int(),
                saved_at: instant,
                grouping: z.string(),
                sessions: z.int().describe('of its grouping'),
                asleep: z
                  .boolean()
                  .describe('its grouping is not the one in force: neither checked nor flushed'),
                definition: z.looseObject({}),
              }),
            ),
          }),
        ),
      },
      ...admin,
      404: notFound,
      503: away,
    },
    example: { params: { name: 'print-shop' } },
  }),
  pause: operation({
    method: 'post',
    path: '/api/aggregator/definitions/:name/pause',
    tag: TAG,
    summary: 'Pause a real-time definition; new records wait in Kafka',
    params,
    answers: { 204: { says: 'It is paused' }, ...admin, 404: notFound, 503: away },
    example: { params: { name: 'print-shop' } },
  }),
  resume: operation({
    method: 'post',
    path: '/api/aggregator/definitions/:name/resume',
    tag: TAG,
    summary: 'Resume a paused definition where it was',
    params,
    answers: { 204: { says: 'It goes on' }, ...admin, 404: notFound, 503: away },
    example: { params: { name: 'print-shop' } },
  }),
  delete: operation({
    method: 'post',
    path: '/api/aggregator/definitions/:name/delete',
    tag: TAG,
    summary: 'Delete a definition with its versions, sessions, flushed rows and records set aside',
    description:
      'Rows on the topic aggregates.<name> stay there. A new definition of the same name starts at the beginning of its topic.',
    params,
    query: deleteQuery,
    answers: {
      204: { says: 'It is gone' },
      400: bad,
      ...admin,
      404: notFound,
      409: {
        says: 'Sessions are open, and open_sessions=discard was not given; or a run over files is running',
      },
      503: away,
    },
    example: { params: { name: 'print-shop' } },
  }),
  sessions: operation({
    method: 'get',
    path: '/api/aggregator/definitions/:name/sessions',
    tag: TAG,
    summary: 'Open sessions, the next due first',
    params,
    query: sessionsQuery,
    answers: {
      200: { says: 'A row for each', content: table(z.object({ rows: z.array(session) })) },
      400: bad,
      ...admin,
      404: notFound,
      503: away,
    },
    example: { params: { name: 'print-shop' }, query: { limit: '10' } },
  }),
  results: operation({
    method: 'get',
    path: '/api/aggregator/definitions/:name/results',
    tag: TAG,
    summary: 'Flushed rows, the newest first',
    params,
    query: pageQuery,
    answers: {
      200: {
        says: 'A page of them, as they are on the topic aggregates.<name>',
        content: table(z.object({ rows: z.array(result), next: z.int().nullable() })),
      },
      400: bad,
      ...admin,
      404: notFound,
      503: away,
    },
    example: { params: { name: 'print-shop' }, query: { limit: '10' } },
  }),
  records: operation({
    method: 'get',
    path: '/api/aggregator/definitions/:name/results/:id/records',
    tag: TAG,
    summary: 'The records that a flushed row came from',
    params: params.extend({ id: z.string().describe('`meta.id` of a row') }),
    answers: {
      200: {
        says: 'The places, and the records that Kafka still has',
        content: json(
          z.object({
            count: z.int().describe('records of the row'),
            sources: z.array(z.string()).describe('topic/partition:offsets, or file:lines'),
            missing: z.string().nullable().describe('why not all are here'),
            rows: z.array(
              z.object({ partition: z.int(), offset: z.string(), at: instant, value: z.string().nullable() }),
            ),
          }),
        ),
      },
      ...admin,
      404: { says: 'There is no such definition or row' },
      503: away,
    },
    example: { params: { name: 'print-shop', id: '0'.repeat(32) } },
  }),
  asides: operation({
    method: 'get',
    path: '/api/aggregator/definitions/:name/set-aside',
    tag: TAG,
    summary: 'Records that were set aside, with why, the newest first',
    params,
    query: pageQuery,
    answers: {
      200: {
        says: 'A page of them',
        content: table(
          z.object({
            rows: z.array(aside),
            next: z.int().nullable(),
          }),
        ),
      },
      400: bad,
      ...admin,
      404: notFound,
      503: away,
    },
    example: { params: { name: 'print-shop' }, query: { limit: '10' } },
  }),
  fields: operation({
    method: 'get',
    path: '/api/aggregator/fields',
    tag: TAG,
    summary: 'The fields of a topic’s newest 1,000 records',
    query: fieldsQuery,
    answers: {
      200: {
        says: 'A row for each field; none where there is no such topic, or nothing in it',
        content: json(
          z.object({
            rows: z.array(knownField),
          }),
        ),
      },
      400: bad,
      ...admin,
      503: away,
    },
    example: { query: { topic: 'ecommerce' } },
  }),
  preview: operation({
    method: 'post',
    path: '/api/aggregator/preview',
    tag: TAG,
    summary: 'What a definition would do with a topic’s newest 1,000 records, or with a file',
    description:
      'Nothing is stored. `changed` compares with the saved definition of the name; null where there is none, or nothing differs.',
    body: json(previewBody),
    answers: {
      200: {
        says: 'What would be flushed, and what would stay open',
        content: json(
          z.object({
            records: z.int(),
            set_aside: z.array(z.object({ place: z.string(), message: z.string() })),
            flushed: z.array(previewRow),
            open: z.array(session),
            changed: z.object({ added: z.int(), gone: z.int() }).nullable(),
          }),
        ),
      },
      400: { says: 'The body has no usable definition, or no topic and no file' },
      ...admin,
      413: { says: 'The body is too large' },
      415: { says: 'The body is not JSON' },
      503: away,
    },
    example: { body: { definition: exampleDefinition, topic: 'prints' } },
  }),
  stream: operation({
    method: 'get',
    path: '/api/aggregator/stream',
    tag: TAG,
    summary: 'Which definitions have changed',
    description: 'Events `changed` with `{definitions: [name, …]}`; null: any may have.',
    answers: {
      200: { says: 'Server-sent events', content: { 'text/event-stream': 'text' } },
      ...admin,
      503: { says: 'Too many streams are open' },
    },
  }),
} as const;
