// The operations of the live panels, declared.

import { z } from 'zod';
import { DEVICE_TYPES } from '../../enrichment/user-agent.ts';
import { TITLES } from '../../events/event.ts';
import { PRODUCTS } from '../../events/products.ts';
import { whoseQuery } from '../../events/whose.ts';
import { operation } from '../../http/operation.ts';
import { format } from '../charts/operations.ts';
import { PANELS } from './present.ts';

const TAG = 'Live panels';
const instant = z.iso.datetime();
const id = z.string().describe('32 lower-case hex digits');
const product = z.enum(PRODUCTS);
const count = z.int();

const at = z.iso
  .datetime({ error: 'ISO 8601 in UTC as in 2026-03-10T12:34:56Z' })
  .optional()
  .describe('a look back: all panels as of this instant, by the times of the events; left out = now');

const raw = z.object({
  order_id: id,
  user_id: id,
  title: z.enum(TITLES),
  product,
  item: z.string().nullable(),
  time: instant,
  arrived: instant.describe('when Kafka had it'),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
});

const panels = {
  visitors: z
    .array(z.object({ from: instant, to: instant, people: count, events: count, late: count }))
    .describe('the last 15 minutes; `late`: events that came after their minute was over'),
  sessions: z.array(z.object({ from: instant, to: instant, sessions: count })).describe('16 half hours'),
  devices: z
    .array(z.object({ device: z.enum(DEVICE_TYPES), people: count }))
    .describe('people of the last 10 minutes, by the user agent of their latest event'),
  pages: z
    .array(z.object({ item: z.string(), product, count }))
    .describe('the ten most clicked of the last hour'),
  latest: z
    .array(z.object({ user_id: id, time: instant, ip: z.string().nullable(), country: z.string() }))
    .describe('the latest ten visitors of the last 10 minutes'),
  categories: z.array(z.object({ product, count })).describe('clicks of the last hour'),
  log: z
    .array(z.looseObject({ at: instant, from_state: z.string(), to_state: z.string(), because: z.string() }))
    .describe('what moved visitors in the state machine of offers, newest first'),
  raw: z.array(raw).describe('the last 100 events by arrival, newest first'),
};

const panel = z.enum(PANELS, { error: PANELS.join(', ') });

export const panelOperations = {
  panels: operation({
    method: 'get',
    path: '/api/live/panels',
    tag: TAG,
    summary: 'The live panels, now or as of an instant',
    query: z.strictObject({
      at,
      ...whoseQuery,
      panel: panel.optional().describe('one panel alone, as rows; needed for CSV'),
      format,
    }),
    answers: {
      200: {
        says: 'Every panel by its name, or `rows` of one',
        content: {
          'application/json': z.looseObject({
            ...Object.fromEntries(Object.entries(panels).map(([name, schema]) => [name, schema.optional()])),
            rows: z.array(z.looseObject({})).optional(),
            meta: z.object({
              as_of: instant,
              robots: z.string(),
              simulated: z.string(),
              freshness: z.object({ p50_ms: z.number().nullable(), p99_ms: z.number().nullable() }),
              lag: z
                .object({ ingest: count, sessions: count, offers: count })
                .nullable()
                .describe(
                  'records that wait in Kafka for who has to take them; null where that is not known',
                ),
              attribution: z.string().nullable(),
            }),
          }),
          'text/csv': 'text',
        },
      },
      400: { says: 'A parameter that can not be used' },
      503: { says: 'Postgres is away' },
    },
    example: { query: { panel: 'pages' } },
  }),
  behind: operation({
    method: 'get',
    path: '/api/live/panels/:panel/behind',
    tag: TAG,
    summary: 'What is in a bar: exactly the rows that a number of a panel counts',
    description:
      'Where people are counted, a row is a person, with the latest event that counts; where sessions are, a session; else an event.',
    params: z.object({ panel }),
    query: z.strictObject({
      of: z
        .string({ error: 'which bar' })
        .describe(
          'visitors, sessions: when the bar begins; devices: the kind; pages: product/item; categories: the product',
        ),
      count: z
        .enum(['people', 'events'], { error: 'people, events' })
        .default('people')
        .describe('of visitors: what is counted'),
      at,
      ...whoseQuery,
      format,
    }),
    answers: {
      200: {
        says: 'As many rows as the number says',
        content: {
          'application/json': z.object({
            rows: z.array(z.looseObject({})),
            meta: z.object({ as_of: instant, robots: z.string(), simulated: z.string() }),
          }),
          'text/csv': 'text',
        },
      },
      400: { says: 'A parameter that can not be used' },
      503: { says: 'Postgres is away' },
    },
    example: { params: { panel: 'categories' }, query: { of: 'clothes' } },
  }),
  stream: operation({
    method: 'get',
    path: '/api/live/panels/stream',
    tag: 'Streams',
    summary: 'The live panels as they change',
    description:
      '`panels` once, with everything; then `changes` a few times a second at most: every panel, and in `added` the raw events that came.',
    query: z.strictObject(whoseQuery),
    answers: {
      200: { says: 'Server-sent events', content: { 'text/event-stream': 'text' } },
      503: { says: 'Too many streams' },
    },
  }),
} as const;
