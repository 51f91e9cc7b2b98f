// A dead letter: a message that is not an event, as it was received, and its state.

import { z } from 'zod';
import { DEAD_LETTER_STATES } from '../db/tables.ts';
import { REJECTION_CODES } from '../events/parse.ts';
import { bytesSchema } from './bytes.ts';

const instant = z.iso.datetime();

export const deadLetterSchema = z
  .object({
    id: z.int(),
    state: z.enum(DEAD_LETTER_STATES).describe('resent: an edited event was sent in its place'),
    code: z.enum(REJECTION_CODES),
    reason: z.string().describe('what was received and what was expected'),
    topic: z.string(),
    partition: z.int(),
    offset: z.string().describe('a 64-bit number, so not a JSON number'),
    key: bytesSchema.nullable(),
    payload: bytesSchema.nullable(),
    rejected_at: instant,
    settled_at: instant.nullable(),
    resent_as: z.string().nullable().describe('order_id of the event that was sent in its place'),
  })
  .meta({
    id: 'DeadLetter',
    description: 'A message that is not an event, as it was received, and its state',
  });
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** A selection of dead letters; what is left out selects all. */
export type DeadLetterFilter = {
  readonly state?: DeadLetter['state'] | undefined;
  readonly code?: DeadLetter['code'] | undefined;
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
};
