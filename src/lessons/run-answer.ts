// The run of a lesson as the page and the API tell it.

import { z } from 'zod';

export const runSchema = z
  .object({
    state: z.enum(['idle', 'running', 'over', 'failed']),
    seconds: z.number().describe('since the start'),
    lasts: z.number().describe('seconds until nothing more is done; then the pipe has to catch up'),
    failure: z.string().nullable(),
    facts: z.array(z.object({ name: z.string(), value: z.string(), href: z.string().nullable() })),
  })
  .meta({ id: 'LessonRun' });
export type RunAnswer = z.infer<typeof runSchema>;
