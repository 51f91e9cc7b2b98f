// Schemas of requests and responses of the aggregator's API.

import { z } from 'zod';
import { formatParameter as format } from '../http/response-cache.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { definitionSchema } from './definition/schema.ts';

const MOST_ROWS = 1_000;
const LARGEST_FILE = 1_000_000;

const limit = wholeNumber(1, MOST_ROWS).default(100).describe(`rows at most, up to ${MOST_ROWS}`);
const before = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'the `next` of an earlier answer')
  .optional()
  .describe('`next` of the previous page');

export const pageQuery = z.strictObject({ limit, before, format });
export const deleteQuery = z.strictObject({
  open_sessions: z
    .literal('discard', { error: 'discard, or nothing' })
    .optional()
    .describe('discard: also where sessions are open; these are never flushed'),
});
export const sessionsQuery = z.strictObject({ limit, format });
export const fieldsQuery = z.strictObject({
  topic: z
    .string('a topic')
    .regex(/^[\w.-]{1,249}$/, { error: 'a topic' })
    .describe('a topic of the cluster'),
});

export const previewBody = z.strictObject({
  definition: definitionSchema,
  topic: z.string().optional().describe('read in place of the definition’s own topic'),
  file: z
    .strictObject({
      name: z.string().max(200).describe('ends in .csv, .ndjson, .jsonl or .json'),
      text: z.string().max(LARGEST_FILE),
    })
    .optional(),
});

export const instant = z.iso.datetime();

export const known = z.object({
  name: z.string(),
  state: z
    .enum(['active', 'failing', 'paused', 'files'])
    .describe('files: it names no topic, and is run by `aggregate run`'),
  failure: z.string().nullable().describe('why it does not run'),
  topic: z.string().nullable(),
  version: z.int(),
  created_at: instant,
  saved_at: instant,
  open_sessions: z.int().describe('of the grouping in force; 100001: more than 100000'),
  results: z.int().describe('flushed rows; 100001: more than 100000'),
  set_aside: z.int().describe('records; 100001: more than 100000'),
  last_flush: instant.nullable(),
});

export const flushTime = z.object({ local: z.string(), utc: instant, notes: z.array(z.string()) });
const progress = z.object({
  condition: z.string(),
  output: z.string(),
  operator: z.string(),
  has: z.string().describe('all digits'),
  wants: z.string(),
  share: z.number().nullable().describe('from 0 to 1, where the value grows towards it'),
});
export const session = z.looseObject({
  meta: z.object({
    count: z.int(),
    version: z.int().describe('of the definition, when it was opened'),
    created_at: instant,
    updated_at: instant,
    due_at: instant.nullable(),
    expires_at: instant.describe('180 days after its last update'),
    progress: z.array(progress),
  }),
});
export const result = z.looseObject({
  meta: z.looseObject({ id: z.string(), flush_type: z.string(), condition: z.string().nullable() }),
});
export const previewRow = z.looseObject({ meta: z.looseObject({ flush_type: z.string() }) });
export const aside = z.object({
  at: instant,
  source: z.string(),
  position: z.int(),
  field: z.string(),
  message: z.string(),
});
export const knownField = z.object({
  name: z.string(),
  types: z.array(z.string()),
  example: z.string().describe('one value, as JSON, cut off where it is long'),
  records: z.int().describe('number of records that have it'),
});
