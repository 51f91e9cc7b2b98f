// The ledger of a run, a file of NDJSON beside the data: its first line says what the run was, then one line for each record
// that Kafka (or the shop) has acknowledged, then one that says that the run came to its end. What a run of this kind has to
// leave behind in Kafka and Postgres follows from it, to the single event.

import { hash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { ShopEvent } from '../../events/event.ts';
import { REJECTION_CODES } from '../../events/parse.ts';
import { FAULT_NAMES } from '../core/faults.ts';

export const headSchema = z.object({
  run: z.string(),
  version: z.string(),
  command: z.string(),
  target: z.enum(['kafka', 'http']),
  topic: z.string(),
  cluster: z.string(),
  /** Where the topic's partitions ended before the run. */
  from: z.record(z.string(), z.string()),
});
export type LedgerHead = z.infer<typeof headSchema>;

export const entrySchema = z.object({
  n: z.int(),
  /** Null where the shop has made the event and did not tell its id. */
  order_id: z.string().nullable(),
  /** Milliseconds since 1970 at which it was to be sent. */
  at: z.number(),
  faults: z.array(z.enum(FAULT_NAMES)),
  /** `refused`: the collector says no, and nothing reaches Kafka. */
  expect: z.enum(['stored', 'duplicate', 'refused', ...REJECTION_CODES]),
  /** A digest of what the row has to say; with a `time` of 0 the shop's own clock was used. */
  content: z.string(),
  /** Milliseconds since 1970 at which the event says that it happened; 0 where only the shop knows. */
  time: z.number(),
  partition: z.int().optional(),
  offset: z.string().optional(),
});
export type LedgerEntry = z.infer<typeof entrySchema>;

export const endSchema = z.object({ ended: z.string(), sends: z.int() });

type Content = Pick<ShopEvent, 'user_id' | 'page_id' | 'product' | 'site_version' | 'title'>;

/** What an event says, but for its time and context, in 16 hex digits. */
export const digestOf = ({ user_id, page_id, product, site_version, title }: Content): string =>
  hash('md5', `${user_id} ${page_id} ${product} ${site_version} ${title}`, 'hex').slice(0, 16);

/** Where the ledger of a run lies. */
export const ledgerFile = (dataDir: string, run: string): string =>
  path.join(dataDir, 'simulator', `run-${run}.ndjson`);
