// Every operation of the API, in the order of the description.

import { z } from 'zod';
import { aggregatorOperations } from '../aggregator/operations.ts';
import { offerOperations } from '../behaviour/operations.ts';
import * as collector from '../collector/operations.ts';
import { chartOperations, liveOperation } from '../dashboard/charts/operations.ts';
import { panelOperations } from '../dashboard/live/operations.ts';
import { questionOperation } from '../dashboard/questions/operation.ts';
import { deadLetterOperations } from '../dead-letters/operations.ts';
import { type Operation, operation } from '../http/operation.ts';
import { lessonOperations } from '../lessons/operations.ts';
import { pipelineOperations } from '../pipeline/operations.ts';
import { sessionOperations } from '../sessions/operations.ts';
import { simulatorOperations } from '../simulator/control/operations.ts';
import { periodOperation } from '../simulator/periods/operations.ts';
import { eventOperations } from '../storefront/operations.ts';

export const descriptionOperations = {
  document: operation({
    method: 'get',
    path: '/api/openapi.json',
    tag: 'Description',
    summary: 'This description, as OpenAPI 3.1',
    answers: {
      200: {
        says: 'An OpenAPI document',
        content: { 'application/json': z.looseObject({ openapi: z.string() }) },
      },
    },
  }),
  docs: operation({
    method: 'get',
    path: '/api/docs',
    tag: 'Description',
    summary: 'The same, as a page to browse',
    answers: { 200: { says: 'A page', content: { 'text/html': 'text' } } },
  }),
} as const;

/** Descriptions of the tags. */
export const TAGS: Readonly<Record<string, string>> = {
  Events: 'Sent by any client, and traced through Kafka into Postgres.',
  Charts: 'The numbers of the dashboard, as JSON or as CSV.',
  'Live panels': 'What happens in the shop right now, and as of any instant.',
  Sessions:
    'A visitor’s events without a gap of 30 minutes: counted, explained, and compared with the batch.',
  Offers: 'Made by a state machine to who looks at clothes, sneakers and clothes again.',
  Aggregator:
    'Definitions that group, aggregate and flush records; what they have open and what they flushed.',
  Pipeline: 'The pipe itself: looked at, and broken on purpose by the admin.',
  Lessons: 'Played on the running pipe; what is right is asked of it, too.',
  'Dead letters': 'Messages in Kafka that are not events: set aside, mended, sent again.',
  Simulator: 'Shoppers who are made up, and the faults that they are given.',
  Streams: 'What changes, as server-sent events.',
  Description: 'What you are reading.',
};

export const OPERATIONS: readonly Operation[] = [
  collector.collect,
  eventOperations.find,
  ...Object.values(chartOperations),
  questionOperation,
  panelOperations.panels,
  panelOperations.behind,
  ...Object.values(sessionOperations),
  ...Object.values(offerOperations),
  ...Object.values(aggregatorOperations),
  ...Object.values(deadLetterOperations),
  ...Object.values(simulatorOperations),
  periodOperation,
  pipelineOperations.state,
  pipelineOperations.proof,
  pipelineOperations.kill,
  pipelineOperations.pause,
  pipelineOperations.resume,
  pipelineOperations.fault,
  pipelineOperations.heal,
  ...Object.values(lessonOperations),
  liveOperation,
  panelOperations.stream,
  pipelineOperations.stream,
  eventOperations.trace,
  ...Object.values(descriptionOperations),
];
