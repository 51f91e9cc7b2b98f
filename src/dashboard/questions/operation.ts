// The operation of the questions, declared.

import { z } from 'zod';
import { whoseQuery } from '../../events/whose.ts';
import { operation } from '../../http/operation.ts';
import { formatParameter as format } from '../../http/response-cache.ts';
import { QUESTION_NAMES } from './questions.ts';

const name = z.enum(QUESTION_NAMES, { error: QUESTION_NAMES.join(', ') });

export const questionOperation = operation({
  method: 'get',
  path: '/api/questions',
  tag: 'Charts',
  summary: 'The eight questions of the original, answered now',
  description:
    'Each row is one number: `count` of `measure` for `subject`. What is counted is said in `questions`.',
  query: z.strictObject({ question: name.optional().describe('left out = all'), ...whoseQuery, format }),
  answers: {
    200: {
      says: 'The answers',
      content: {
        'application/json': z.object({
          rows: z.array(
            z.object({
              question: name,
              subject: z.string().describe('a category, a device, a page, a month, or `all`'),
              measure: z.string(),
              count: z.int(),
            }),
          ),
          questions: z.array(z.object({ question: name, asks: z.string(), counts: z.string() })),
          meta: z.object({
            time_zone: z.string(),
            as_of: z.iso.datetime(),
            year: z.int().describe('this year, in that time zone'),
            counting: z.boolean().describe('true while the people of a loaded file are still being counted'),
          }),
        }),
        'text/csv': 'text',
      },
    },
    400: { says: 'A parameter that can not be used' },
    503: { says: 'Postgres is away' },
  },
  example: { query: { question: 'targets' } },
});
