// The schema of a definition, for files, the form, the API and its documentation. Rules over several fields are in check.ts. The terms
// are those of the manual page of the Data Aggregator.

import { z } from 'zod';
import { OPERATIONS } from '../core/accumulate.ts';
import { parseDecimal } from '../core/decimal.ts';
import { PERIODS } from '../core/instant.ts';

const field = z
  .string('the name of a field')
  .min(1, 'the name of a field')
  .max(200, 'a name of at most 200 characters');

const isZone = (zone: string): boolean => {
  if (/^[+-]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== undefined;
  } catch {
    return false;
  }
};

const time = z
  .string('a time of day from 00:00 to 23:59')
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day from 00:00 to 23:59');
const zone = z
  .string('a time zone as Europe/Berlin or UTC')
  .refine(isZone, 'a time zone as Europe/Berlin or UTC');
const upper = (value: unknown) => (typeof value === 'string' ? value.toUpperCase() : value);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.preprocess(upper, z.enum(values, `one of ${values.join(', ')}`));

const timeout = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('HOUR'),
      hours: z
        .int('a whole number of hours from 1')
        .min(1, 'a whole number of hours from 1')
        .max(24 * 366, 'at most 8,784 hours, a year'),
    }),
    z.strictObject({ type: z.literal('DAY'), time, zone }),
    z.strictObject({
      type: z.literal('MONTH'),
      day: z.union([z.int().min(1).max(31), z.literal('last')], 'a day of the month from 1 to 31, or last'),
      time,
      zone,
    }),
    z.strictObject({ type: z.literal('TIMESTAMP'), field }),
  ],
  { error: 'type HOUR, DAY, MONTH or TIMESTAMP' },
);

const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'equals', 'not_equals', 'contains'] as const;
const SPELLINGS: Readonly<Record<string, string>> = {
  '≠': '!=',
  '≤': '<=',
  '≥': '>=',
  '==': '=',
  'not equals': 'not_equals',
};

const condition = z.strictObject({
  name: z.string('a name').min(1, 'a name').max(100, 'a name of at most 100 characters'),
  field: field.optional().describe('an input field'),
  aggregate: field.optional().describe('the output name of an aggregate'),
  type: z.enum(['number', 'text', 'boolean'], 'number, text or boolean').optional(),
  operator: z
    .preprocess(
      (value) => (typeof value === 'string' ? (SPELLINGS[value] ?? value) : value),
      z.enum(OPERATORS, `one of ${OPERATORS.join(' ')}`),
    )
    .optional(),
  value: z.union([z.string(), z.number(), z.boolean()], 'a value'),
});

const flush = z.discriminatedUnion(
  'by',
  [
    z.strictObject({ by: z.literal('END_OF_TRANSACTION') }),
    z.strictObject({ by: z.literal('END_OF_STREAM') }),
    z.strictObject({ by: z.literal('TIMEOUT'), timeout, conditions: z.array(condition).max(50).optional() }),
  ],
  { error: 'by END_OF_TRANSACTION, END_OF_STREAM or TIMEOUT' },
);

const values = z.record(z.string(), z.unknown());

/** A step of a test: exactly one of clock, records, file, run and end. Its flushed rows are compared with `expect`. */
const testStep = z.strictObject({
  clock: z.iso
    .datetime('a time as 2024-01-31T13:00:00Z')
    .optional()
    .describe('sets the clock, and checks for due sessions'),
  records: z.array(values).optional().describe('records to aggregate'),
  file: z.string().optional().describe('the name of a file with these records: a transaction'),
  run: z.literal('next').optional().describe('begins a batch run: due sessions are flushed'),
  end: z.literal('stream').optional().describe('ends the run'),
  group: z.array(field).optional().describe('changes the group fields for the following steps'),
  expect: z
    .array(values)
    .optional()
    .describe('the rows that this step flushes, in any order; meta by its names'),
  set_aside: z.int().min(0).optional().describe('how many records of this step are set aside'),
});

export const definitionSchema = z
  .strictObject(
    {
      name: z
        .string('a name of a-z, 0-9 and -')
        .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a name of a-z, 0-9 and -, at most 64 characters'),
      description: z.string().max(2_000).optional(),
      topic: z
        .string()
        .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,237}$/, 'a topic name')
        .optional()
        .describe('the topic of a real-time stream'),
      group: z.strictObject({
        fields: z
          .array(field, 'a list of at least one field name')
          .min(1, 'at least one field: without one nothing can be grouped')
          .max(20, 'at most 20 fields'),
        periods: z
          .array(z.strictObject({ field, period: oneOf(PERIODS) }))
          .max(10)
          .optional(),
      }),
      aggregate: z
        .array(
          z.strictObject({ field: field.optional(), operation: oneOf(OPERATIONS), as: field.optional() }),
          'a list of at least one aggregate',
        )
        .min(1, 'at least one aggregate')
        .max(50, 'at most 50 aggregates'),
      flush,
      limits: z.strictObject({ max_sessions: z.int().min(1).max(100_000_000).optional() }).optional(),
      tests: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            mode: z.enum(['batch', 'real-time']).optional(),
            clock: z.iso.datetime().optional(),
            steps: z.array(testStep).min(1),
          }),
        )
        .optional(),
    },
    'name, group, aggregate and flush',
  )
  .meta({ id: 'AggregatorDefinition', description: 'How records are grouped, aggregated and flushed' });

export type Definition = z.infer<typeof definitionSchema>;
export type DefinitionTest = NonNullable<Definition['tests']>[number];

/** Whether a value of a condition is a number. */
export const isDecimal = (value: unknown): boolean => parseDecimal(String(value)) !== undefined;
