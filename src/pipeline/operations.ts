// The operations of the pipe, declared.

import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { CONNECTION_KINDS } from '../simulator/system-faults.ts';
import { FAULT_SECONDS, FAULT_TARGETS, faultSchema, PAUSE_SECONDS, partSchema, SLOW_MS } from './control.ts';
import { proofSchema } from './proof.ts';
import { stateSchema } from './state.ts';

const TAG = 'Pipeline';

type Range = { readonly least: number; readonly most: number; readonly usual: number };

const within = ({ least, most, usual }: Range) => wholeNumber(least, most).default(usual);

export const pauseBody = z.strictObject({
  seconds: within(PAUSE_SECONDS).describe('after which it goes on by itself'),
});

export const faultBody = z.strictObject({
  target: z.enum(FAULT_TARGETS, { error: FAULT_TARGETS.join(', ') }),
  kind: z
    .enum([...CONNECTION_KINDS, 'full'], {
      error: `${CONNECTION_KINDS.join(', ')} for kafka and postgres, full for outbox`,
    })
    .describe(
      'slow: answers come late; cut: connections end, and new ones at once; silent: connections stay, and nothing comes; full: the outbox takes no more',
    ),
  ms: within(SLOW_MS).describe('by which answers of a slow connection come late'),
  seconds: within(FAULT_SECONDS).describe('after which it ends by itself'),
});

const name = z.object({ part: z.string().describe('of GET /api/pipeline') });
const look = z.object({ parts: z.array(partSchema), faults: z.array(faultSchema) });
const json = (schema: z.ZodType) => ({ 'application/json': schema });
const answers = {
  202: { says: 'It is done; how the parts are now', content: json(look) },
  400: { says: 'Something of it can not be used' },
  401: { says: 'ADMIN_PASSWORD is set, and was not given' },
  403: { says: 'Neither this machine nor the admin, or a page of another site' },
  409: { says: 'It can not be done now' },
  503: { says: 'The web part runs alone' },
} as const;
const act = (path: `/api/${string}`, summary: string) =>
  operation({
    method: 'post',
    path,
    tag: TAG,
    summary,
    params: name,
    answers,
    example: { params: { part: 'ingest' } },
  });

export const pipelineOperations = {
  state: operation({
    method: 'get',
    path: '/api/pipeline',
    tag: TAG,
    summary: 'The pipe now: rates, offsets and lag, the outbox, every part’s process, the ledger',
    answers: { 200: { says: 'As /pipeline draws it', content: json(stateSchema) } },
  }),
  proof: operation({
    method: 'get',
    path: '/api/pipeline/ledger',
    tag: TAG,
    summary: 'The ledger, proved: all rows counted anew, and every acknowledged event looked up',
    answers: {
      200: { says: 'What was counted', content: json(proofSchema) },
      503: { says: 'Kafka or Postgres is away' },
    },
  }),
  stream: operation({
    method: 'get',
    path: '/api/pipeline/stream',
    tag: 'Streams',
    summary: 'The same twice a second, as events "pipeline"',
    answers: { 200: { says: 'Server-sent events', content: { 'text/event-stream': 'text' } } },
  }),
  kill: act('/api/pipeline/parts/:part/kill', 'Kills a part with SIGKILL; it is started again by itself'),
  pause: operation({
    ...act('/api/pipeline/parts/:part/pause', 'Stops a part with SIGSTOP, for some seconds'),
    body: json(pauseBody),
    example: { params: { part: 'ingest' }, body: { seconds: 5 } },
  }),
  resume: act('/api/pipeline/parts/:part/resume', 'Lets a paused part go on'),
  fault: operation({
    method: 'post',
    path: '/api/pipeline/faults',
    tag: TAG,
    summary: 'Disturbs connections to Kafka or Postgres, or fills the outbox, for some seconds',
    body: json(faultBody),
    answers,
    example: { body: { target: 'kafka', kind: 'slow', ms: 400, seconds: 30 } },
  }),
  heal: operation({
    method: 'post',
    path: '/api/pipeline/heal',
    tag: TAG,
    summary: 'Ends every fault and every pause',
    answers,
  }),
} as const;
