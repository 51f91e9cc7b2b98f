// Whose events a chart or a question counts: people's, robots' or both. A robot is what its event's context says (`bot`).

import { z } from 'zod';

export const ROBOTS = ['exclude', 'include', 'only'] as const;

/** `exclude`: people alone, the default; `only`: robots alone. */
export type Robots = (typeof ROBOTS)[number];

/** The parameter of all charts and questions. */
export const robots = z
  .enum(ROBOTS, { error: ROBOTS.join(', ') })
  .default('exclude')
  .describe('whether robots are counted: exclude = people alone, only = robots alone');

/** For SQL as `(robot = $1 OR $1 IS NULL)`. */
export const robotIs = (asked: Robots): boolean | null => (asked === 'include' ? null : asked === 'only');
