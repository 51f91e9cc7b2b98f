// The API's operations of the switch of simulated shoppers.

import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import { changeSchema, settingsSchema } from './settings.ts';
import { runSchema } from './store.ts';

const TAG = 'Simulator';
export const STATES = ['running', 'stopped', 'absent'] as const;

const answer = z.object({
  state: z
    .enum(STATES)
    .describe(
      'stopped: the part `simulator` runs, and its settings want no shoppers; absent: no such part runs',
    ),
  settings: z.object({ ...settingsSchema.shape }),
  changed_at: z.iso.datetime(),
  run: runSchema.nullable().describe('since the settings last changed; null where there are no shoppers'),
  may_change: z.boolean().describe('whether this client may change it'),
});
export type SimulatorAnswer = z.infer<typeof answer>;

const away = { says: 'Postgres is away' };

export const simulatorOperations = {
  status: operation({
    method: 'get',
    path: '/api/simulator',
    tag: TAG,
    summary: 'What the simulated shoppers do',
    answers: {
      200: {
        says: 'Their settings, and the counts of their run',
        content: { 'application/json': answer },
      },
      503: away,
    },
  }),
  change: operation({
    method: 'post',
    path: '/api/simulator',
    tag: TAG,
    summary: 'Start, stop or change the simulated shoppers',
    description:
      'What is left out stays as it is; `faults` is replaced as a whole. The settings outlive a restart of the program. ' +
      'Only from the shop’s own machine, or with ADMIN_PASSWORD.',
    body: { 'application/json': changeSchema },
    answers: {
      200: { says: 'The new settings; the part follows at once', content: { 'application/json': answer } },
      400: { says: 'The body is no valid change' },
      401: { says: 'The admin password is needed' },
      403: { says: 'Only clients on the shop’s own machine may, or a page of another site sent this' },
      413: { says: 'The body is too large' },
      415: { says: 'The body is not JSON' },
      503: away,
    },
    example: { body: { running: true, rate: 5, faults: { late: 0.05 } } },
  }),
} as const;
