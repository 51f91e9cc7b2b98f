// The operations of lessons, declared.

import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { BROKEN_NAMES } from './quiz.ts';
import { runSchema } from './run-answer.ts';

const TAG = 'Lessons';
const json = (schema: z.ZodType) => ({ 'application/json': schema });
const params = z.object({ lesson: z.string().describe('its name, of GET /api/lessons') });

const summarySchema = z.object({ lesson: z.string(), title: z.string(), about: z.string() });
export const answerBody = z.strictObject({
  answer: z.coerce.string().max(20).describe('a whole number, or the place of a choice, from 0'),
});
export const guessBody = z.strictObject({
  what: z.enum(BROKEN_NAMES, { error: BROKEN_NAMES.join(', ') }),
  seconds_ago: wholeNumber(0, 600, 'seconds, 0 to 600'),
});

const admin = {
  401: { says: 'ADMIN_PASSWORD is set, and was not given' },
  403: { says: 'Neither this machine nor the admin, or a page of another site' },
} as const;
const unknown = { says: 'There is no such lesson' };
const away = { says: 'Kafka or Postgres is away, or the web part runs alone' };
const quizState = z.object({ state: z.enum(['idle', 'running']), failure: z.string().nullable() });

export const lessonOperations = {
  list: operation({
    method: 'get',
    path: '/api/lessons',
    tag: TAG,
    summary: 'All lessons, in their order',
    answers: { 200: { says: 'A row for each', content: json(z.object({ rows: z.array(summarySchema) })) } },
  }),
  find: operation({
    method: 'get',
    path: '/api/lessons/:lesson',
    tag: TAG,
    summary: 'A lesson’s run: how far it is, and what it shows',
    params,
    answers: { 200: { says: 'The run', content: json(runSchema) }, 404: unknown },
    example: { params: { lesson: 'duplicates' } },
  }),
  start: operation({
    method: 'post',
    path: '/api/lessons/:lesson/start',
    tag: TAG,
    summary: 'Plays a lesson on the running pipe, in the place of what is played',
    params,
    answers: { 202: { says: 'It has begun', content: json(runSchema) }, ...admin, 404: unknown, 503: away },
    example: { params: { lesson: 'duplicates' } },
  }),
  answer: operation({
    method: 'post',
    path: '/api/lessons/:lesson/answer',
    tag: TAG,
    summary: 'Answers a lesson’s question; the running system is asked what is right',
    params,
    body: json(answerBody),
    answers: {
      200: {
        says: 'Whether it is right',
        content: json(z.object({ right: z.boolean(), answer: z.string(), explain: z.string() })),
      },
      400: { says: 'That is no answer' },
      403: { says: 'A page of another site sent this' },
      404: unknown,
      409: { says: 'The lesson has not been played to its end' },
      503: away,
    },
    example: { params: { lesson: 'duplicates' }, body: { answer: '12' } },
  }),
  quiz: operation({
    method: 'get',
    path: '/api/quiz',
    tag: TAG,
    summary: 'Whether a round of the quiz runs',
    answers: { 200: { says: 'Its state', content: json(quizState) } },
  }),
  quizStart: operation({
    method: 'post',
    path: '/api/quiz/start',
    tag: TAG,
    summary: 'Breaks something at a moment of chance, and says nothing of it',
    answers: { 202: { says: 'The round has begun', content: json(quizState) }, ...admin },
  }),
  quizGuess: operation({
    method: 'post',
    path: '/api/quiz/guess',
    tag: TAG,
    summary: 'Says what is broken and since when: two points and one',
    body: json(guessBody),
    answers: {
      200: {
        says: 'What it was',
        content: json(
          z.object({
            broken: z.enum(BROKEN_NAMES),
            since: z.iso.datetime().nullable().describe('null where it had not begun'),
            what_right: z.boolean(),
            when_right: z.boolean(),
            points: z.number(),
          }),
        ),
      },
      400: { says: 'That is no guess' },
      ...admin,
      409: { says: 'No round runs' },
    },
    example: { body: { what: 'kill-ingest', seconds_ago: 5 } },
  }),
} as const;
