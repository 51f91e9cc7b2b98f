// The charts' operations, declared: their parameters are checked by the same schemas.

import { z } from 'zod';
import { DEVICES, TITLES } from '../../events/event.ts';
import { PRODUCTS } from '../../events/products.ts';
import { whoseQuery } from '../../events/whose.ts';
import { type Operation, operation } from '../../http/operation.ts';
import { formatParameter as format } from '../../http/response-cache.ts';
import { daySchema } from '../../runtime/day.ts';
import { RESOLUTIONS } from './orders.ts';
import { STEPS } from './range.ts';

const TAG = 'Charts';
const product = z
  .enum(PRODUCTS, { error: PRODUCTS.join(', ') })
  .optional()
  .describe('left out = all');
const device = z
  .enum(DEVICES, { error: DEVICES.join(', ') })
  .optional()
  .describe('left out = all');
const range = {
  from: daySchema
    .optional()
    .describe('first day, in the time zone of `meta`; left out = the first with events'),
  to: daySchema
    .optional()
    .describe(
      'the day after the last one; left out = tomorrow, or the day after it where events are a day ahead',
    ),
};
const count = z.int().describe('how many events');
const instant = z.iso.datetime();
const meta = {
  time_zone: z.string().describe('whose midnight days begin at'),
  as_of: instant,
  rows: z.int(),
  total: z.int().describe('the sum of the counts'),
};
const days = { from: z.iso.date(), to: z.iso.date() };
const counted = z.object({
  product: z.enum(PRODUCTS),
  title: z.enum(TITLES),
  device: z.enum(DEVICES),
  count,
});
const orderRow = z.object({ time: instant, product: z.enum(PRODUCTS), count });

type Chart<Q extends z.ZodObject, A extends z.ZodType> = {
  readonly name: string;
  readonly summary: string;
  readonly query: Q;
  readonly answer: A;
  readonly example: Readonly<Record<string, string>>;
};

/** What all charts share: rows as JSON or as CSV, by GET. */
function chart<Q extends z.ZodObject, A extends z.ZodType>({
  name,
  summary,
  query,
  answer,
  example,
}: Chart<Q, A>) {
  return operation({
    method: 'get',
    path: `/api/charts/${name}`,
    tag: TAG,
    summary,
    query,
    answers: {
      200: { says: 'The rows', content: { 'application/json': answer, 'text/csv': 'text' } },
      400: { says: 'A parameter that can not be used' },
      503: { says: 'Postgres is away' },
    },
    example: { query: example },
  }) satisfies Operation & { query: Q };
}

const RANGE = { from: '2019-01-01', to: '2019-01-08' };

export const chartOperations = {
  daily: chart({
    name: 'daily',
    summary: 'Events of each day, or coarser step of a long range, by title',
    query: z.strictObject({ ...range, product, device, ...whoseQuery, format }),
    answer: z.object({
      rows: z.array(z.object({ day: z.iso.date(), title: z.enum(TITLES), count })),
      meta: z.object({
        ...days,
        step: z
          .enum(STEPS)
          .describe('what a row counts: days, or coarser steps where days would be over 5,000 rows'),
        ...meta,
      }),
    }),
    example: { ...RANGE, product: 'clothes' },
  }),
  orders: chart({
    name: 'orders',
    summary: 'Orders over time, by category',
    query: z.strictObject({ ...range, product, ...whoseQuery, format }),
    answer: z.object({
      rows: z.array(orderRow),
      meta: z.object({
        ...days,
        resolution: z
          .enum(RESOLUTIONS)
          .describe(
            'minute for today alone, hour for two weeks at most, day for more, and coarser steps where days would be over 5,000 rows',
          ),
        ...meta,
      }),
    }),
    example: RANGE,
  }),
  devices: chart({
    name: 'devices',
    summary: 'People or events on each device in a year',
    query: z.strictObject({
      year: z
        .string()
        .regex(/^(19|20)\d\d$/, { error: 'a year as in 2019' })
        .transform(Number)
        .default(2019)
        .describe('a calendar year'),
      count: z
        .enum(['users', 'events'], { error: 'users or events' })
        .default('users')
        .describe('users: each person once, on each device'),
      ...whoseQuery,
      format,
    }),
    answer: z.object({
      rows: z.array(z.object({ device: z.enum(DEVICES), count })),
      meta: z.object({
        year: z.int(),
        years: z.array(z.int()).describe('those with events'),
        count: z.string(),
        ...meta,
      }),
    }),
    example: { year: '2019', count: 'users' },
  }),
  funnel: chart({
    name: 'funnel',
    summary: 'Shows, clicks and orders, by category and device',
    query: z.strictObject({ ...range, ...whoseQuery, format }),
    answer: z.object({
      rows: z.array(
        z.object({
          product: z.enum(PRODUCTS),
          device: z.enum(DEVICES),
          shows: z.int(),
          clicks: z.int(),
          orders: z.int(),
        }),
      ),
      meta: z.object({ ...days, ...meta }),
    }),
    example: RANGE,
  }),
  totals: chart({
    name: 'totals',
    summary: 'What a range adds up to, beside the same number of days before it',
    query: z.strictObject({ ...range, product, device, ...whoseQuery, format }),
    answer: z.object({
      rows: z.array(
        z.object({ title: z.enum(TITLES), count, before: z.int().describe('in the period before') }),
      ),
      meta: z.object({ ...days, before: z.object(days), ...meta }),
    }),
    example: { ...RANGE, product: 'clothes' },
  }),
  today: chart({
    name: 'today',
    summary: 'Today so far',
    query: z.strictObject({ ...whoseQuery, format }),
    answer: z.object({
      rows: z.array(counted),
      orders: z.array(orderRow).describe('by the minute'),
      yesterday: z.array(z.object({ title: z.enum(TITLES), count })).describe('until the same time of day'),
      meta: z.object({ day: z.iso.date(), time_zone: z.string(), as_of: instant }),
    }),
    example: {},
  }),
} as const;

/** What GET /api/charts/<Name> answers. */
export type ChartAnswer<Name extends keyof typeof chartOperations> = z.infer<
  (typeof chartOperations)[Name]['answers'][200]['content']['application/json']
>;

export const liveOperation = operation({
  method: 'get',
  path: '/api/live',
  tag: 'Streams',
  summary: 'What moves on the dashboards',
  description:
    'Server-sent events: `today` with what GET /api/charts/today answers, after each commit and at midnight: where it has ' +
    '`orders_since`, `orders` begins there and earlier ones stay as they were; `changed` with the charts whose numbers ' +
    'are new, and `questions` with what GET /api/questions answers, each at most once a second; `faults` where GET /api/faults ' +
    'has changed.',
  query: z.strictObject(whoseQuery),
  answers: {
    200: { says: 'A stream that stays open', content: { 'text/event-stream': 'text' } },
    400: { says: 'A parameter that can not be used' },
    429: { says: 'Too many requests, or streams that are open, from this address' },
    503: { says: 'Too many streams are open' },
  },
});
