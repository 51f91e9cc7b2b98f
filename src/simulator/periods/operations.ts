// The API's operation of fault periods.

import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import { formatParameter as format } from '../../http/response-cache.ts';
import { SOURCES } from './store.ts';

const instant = z.iso.datetime({ error: 'an instant as in 2026-01-31T12:00:00.000Z' });

export const periodOperation = operation({
  method: 'get',
  path: '/api/faults',
  tag: 'Simulator',
  summary: 'When faults ran: those of simulated events, and those of the pipe',
  description:
    'The latest first, at most 1,000. Charts over time mark these periods. A round of the quiz is not among them.',
  query: z.strictObject({
    from: instant.optional().describe('left out = a day before `to`'),
    to: instant.optional().describe('exclusive; left out = now'),
    format,
  }),
  answers: {
    200: {
      says: 'A row for each period that reaches into the range',
      content: {
        'application/json': z.object({
          rows: z.array(
            z.object({
              source: z
                .enum(SOURCES)
                .describe('simulator: events bear it; pipeline: it was done to a part or a connection'),
              fault: z.string(),
              share: z.number().nullable().describe('of the events, 0 to 1; null for the pipe'),
              from: z.iso.datetime(),
              to: z.iso.datetime().nullable().describe('null while it runs'),
            }),
          ),
          meta: z.object({ as_of: z.iso.datetime() }),
        }),
        'text/csv': 'text',
      },
    },
    400: { says: 'The query has no usable range' },
    503: { says: 'Postgres is away' },
  },
});
