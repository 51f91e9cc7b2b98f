// The operations of the live panels, declared.

import { z } from 'zod';
import { whoseQuery } from '../../events/whose.ts';
import { operation } from '../../http/operation.ts';
import { formatParameter as format } from '../../http/response-cache.ts';
import type { Panel } from '../panels/panel.ts';
import { PANEL_NAMES, PANELS } from '../panels/panels.ts';

const TAG = 'Live panels';
const instant = z.iso.datetime();
const count = z.int();

const at = z.iso
  .datetime({ error: 'ISO 8601 in UTC as in 2026-03-10T12:34:56Z' })
  .optional()
  .describe('a look back: all panels as of this instant, by the times of the events; left out = now');

const panel = z.enum(PANEL_NAMES, { error: PANEL_NAMES.join(', ') });

const barPanels = PANEL_NAMES.flatMap((name) => {
  const { bars } = PANELS[name] as Panel;
  return bars === undefined ? [] : [{ name, of: bars.of.join('/'), counts: Object.keys(bars.counts) }];
});
const BARS_OF = barPanels.map(({ name, of }) => `${name}: ${of}`).join('; ');
const COUNTS = barPanels.flatMap(({ counts }) => (counts.length > 1 ? counts : []));

/** Whether Postgres takes a text for a snapshot: it refuses others with an error. */
function isSnapshot(text: string): boolean {
  const [xmin, xmax, running] = text.split(':');
  if (!/^\d{1,18}:\d{1,18}:(\d{1,18}(,\d{1,18})*)?$/.test(text)) return false;
  const numbers = [xmin, ...(running === '' ? [] : (running?.split(',') ?? []))].map((one) =>
    BigInt(one ?? 0),
  );
  const isRising = numbers.slice(2).every((one, n) => one > (numbers[n + 1] ?? 0n));
  const [first = 0n, last = 0n] = [numbers[0], BigInt(xmax ?? 0)];
  return (
    first > 0n && first <= last && isRising && numbers.slice(1).every((one) => one >= first && one < last)
  );
}

const percentile = z.number().nullable().describe('milliseconds; null where nothing came');
const percentiles = { p50_ms: percentile, p99_ms: percentile };

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
            ...Object.fromEntries(PANEL_NAMES.map((name) => [name, PANELS[name].rows.optional()])),
            rows: z.array(z.looseObject({})).optional(),
            meta: z.object({
              as_of: instant,
              robots: z.string(),
              simulated: z.string(),
              offsets: z
                .record(z.string(), z.string())
                .describe(
                  'ingest’s next offset of each partition: all events below are counted, none from there on',
                ),
              counted: z.string().describe('what is counted, for `counted` of what is behind a bar'),
              freshness: z
                .object({
                  ...percentiles,
                  panels: z.record(
                    panel,
                    z.object({
                      ...percentiles,
                      lag: count.nullable().describe('records that wait in Kafka for the panel’s consumer'),
                    }),
                  ),
                })
                .describe(
                  'how old events of the last minute were when the stream told of them, from Kafka’s acknowledgement on',
                ),
              lag: z
                .object({ ingest: count, sessions: count, offers: count })
                .nullable()
                .describe('records that wait in Kafka for each consumer; null where that is not known'),
              attribution: z.string().nullable(),
              log_since: instant
                .nullable()
                .describe(
                  'of a look back: since when the log of moves is kept, where an earlier version deleted those before; null where it is whole, and now',
                ),
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
        .describe(`the fields of the bar's row that tell it from the others: ${BARS_OF}`),
      count: z
        .enum(COUNTS, { error: COUNTS.join(', ') })
        .default('people')
        .describe('of panels with more than one count: what is counted'),
      at,
      counted: z
        .string()
        .refine(isSnapshot, { error: '`meta.counted` of an answer of the live panels' })
        .optional()
        .describe('what has been stored since the answer with this `meta.counted` is left out'),
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
      '`panels` once, with everything; then `raw` as events are stored, some thirty times a second at most: `added`, the newest first; and `changes` ' +
      'a few times a second at most: every other panel; ' +
      '`faults` where GET /api/faults has changed.',
    query: z.strictObject(whoseQuery),
    answers: {
      200: { says: 'Server-sent events', content: { 'text/event-stream': 'text' } },
      503: { says: 'Too many streams' },
    },
  }),
} as const;
