// The pipe at one moment, as the page draws it and the API tells it.

import { z } from 'zod';
import { faultSchema, partSchema } from './control.ts';
import { followerSchema } from './followers.ts';
import { ledgerSchema } from './ledger.ts';

const perSecond = z.number().describe('a second, over the last two seconds');

export const stateSchema = z
  .object({
    at: z.iso.datetime(),
    outbox: z.object({
      taken_per_second: perSecond,
      acknowledged_per_second: perSecond,
      waiting: z.number().describe('events that Kafka has not acknowledged yet'),
      bytes: z.number().describe('of the outbox on disk'),
      most_bytes: z.number().describe('that may wait'),
      taken: z
        .number()
        .describe(
          'events, since the web part was started; one that a client sends again counts again, here and below',
        ),
      acknowledged: z.number(),
      refused: z.number(),
      turned_away: z
        .number()
        .describe('events that were not taken since then, as the outbox had no room or its disk refused'),
      problem: z.string().nullable().describe('why events wait; null where they do not'),
    }),
    kafka: z.object({
      problem: z.string().nullable().describe('why Kafka does not answer; null where it does'),
      topic: z.string(),
      appended_per_second: perSecond,
      partitions: z.array(
        z.object({
          partition: z.number(),
          start: z.number().describe('the first offset that is still there'),
          end: z.number().describe('the offset that the next record will have'),
          next: z.number().describe('the offset up to which Postgres has stored'),
          lag: z.number().describe('records in Kafka that are not in Postgres'),
          member: z.string().nullable().describe('who reads it; null where nobody does'),
        }),
      ),
      group: z.string(),
      group_state: z.string().describe('as Kafka names it; empty while Kafka is away'),
      members: z.array(z.object({ member: z.string(), client: z.string(), partitions: z.array(z.number()) })),
    }),
    ingest: z.object({
      read_per_second: perSecond.describe(
        'records of its batches, by its own count, over the last two seconds',
      ),
      stored_per_second: perSecond,
      batches_per_second: perSecond,
      batches: z.number().describe('transactions since ingest was started'),
      records_per_batch: z.number().nullable().describe('of the last two seconds; null where there was none'),
      seconds_per_batch: z.number().nullable(),
      failed: z.number().describe('transactions that Postgres did not take; each is tried again'),
    }),
    postgres: z.object({
      problem: z.string().nullable().describe('why Postgres does not answer; null where it does'),
    }),
    dashboards: z.object({
      streams: z.number().describe('open live streams of the web part'),
      told_per_second: z.number().describe('messages to open dashboards a second, over the last two seconds'),
    }),
    followers: z.object({
      read_per_second: perSecond.describe('records, of all followers together, over the last two seconds'),
      groups: z.array(followerSchema).describe('consumer groups beside ingest that read its topic'),
    }),
    ledger: ledgerSchema.nullable().describe('null until Kafka and Postgres have answered once'),
    parts: z.array(partSchema).describe('empty where the web part runs alone'),
    faults: z.array(faultSchema),
  })
  .meta({ id: 'Pipeline' });
export type PipelineState = z.infer<typeof stateSchema>;
