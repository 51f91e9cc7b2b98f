// The operations of offers, declared.

import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { formatParameter as format } from '../http/response-cache.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { OFFERS, STATES } from './machine.ts';

const instant = z.iso.datetime();
const id = z.string().describe('32 lower-case hex digits');

const most = wholeNumber(1, 1_000).default(100).describe('rows at most');

const answers = (says: string, row: z.ZodType) => ({
  200: {
    says,
    content: { 'application/json': z.object({ rows: z.array(row) }), 'text/csv': 'text' as const },
  },
  400: { says: 'A parameter that can not be used' },
  503: { says: 'Postgres is away' },
});

export const offerOperations = {
  offers: operation({
    method: 'get',
    path: '/api/offers',
    tag: 'Offers',
    summary: 'Offers that visitors were made, the newest first',
    query: z.strictObject({ limit: most, format }),
    answers: answers(
      'A row for each offer',
      z.object({
        offer_id: id.describe('the order_id of the click that made it'),
        user_id: id,
        offer: z.enum(Object.values(OFFERS)),
        made_at: instant,
        redeemed_at: instant.nullable(),
      }),
    ),
    example: { query: { limit: '10' } },
  }),
  log: operation({
    method: 'get',
    path: '/api/offers/log',
    tag: 'Offers',
    summary: 'What moved visitors in the state machine, the newest first, with the guard that failed',
    query: z.strictObject({ limit: most, format }),
    answers: answers(
      'A row for each move',
      z.object({
        at: instant,
        user_id: id,
        order_id: id,
        from_state: z.enum(STATES),
        to_state: z.enum(STATES),
        because: z.string(),
      }),
    ),
    example: { query: { limit: '10' } },
  }),
} as const;
