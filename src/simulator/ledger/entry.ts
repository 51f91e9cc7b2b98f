// The ledger of a run, a file of NDJSON: the first line describes the run, then comes one line for each record that Kafka (or the
// shop) has acknowledged, then one that marks the end of the run. The expected contents of Kafka and Postgres follow from
// it, to the single event.

import { hash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { ShopEvent } from '../../events/event.ts';
import { REJECTION_CODES } from '../../events/parse.ts';
import { FAULT_NAMES, type FaultName } from '../core/faults.ts';

export const headSchema = z.object({
  run: z.string(),
  version: z.string(),
  command: z.string(),
  target: z.enum(['kafka', 'http']),
  topic: z.string(),
  cluster: z.string(),
  /** End offsets of the topic's partitions before the run. */
  from: z.record(z.string(), z.string()),
});
export type LedgerHead = z.infer<typeof headSchema>;

export const entrySchema = z.object({
  n: z.int(),
  /** Null where the shop has made the event and its id is unknown. */
  order_id: z.string().nullable(),
  /** Milliseconds since 1970 at which it was to be sent. */
  at: z.number(),
  faults: z.array(z.enum(FAULT_NAMES)),
  expect: z.enum(['stored', 'duplicate', ...REJECTION_CODES]),
  /** Digest of the expected row; a `time` of 0 stands for the shop's clock. */
  content: z.string(),
  /** The event's time in milliseconds since 1970; 0 where the shop has set it. */
  time: z.number(),
  /** The visitor, 32 hex digits; the sessions of a robot are its own. Ledgers of earlier versions have neither. */
  visitor: z.string().optional(),
  robot: z.literal(true).optional(),
  partition: z.int().optional(),
  offset: z.string().optional(),
});
export type LedgerEntry = Readonly<Omit<z.infer<typeof entrySchema>, 'faults'>> & {
  readonly faults: readonly FaultName[];
};

export const endSchema = z.object({ ended: z.string(), sends: z.int() });

type Content = Pick<ShopEvent, 'user_id' | 'page_id' | 'product' | 'site_version' | 'title'>;

/** Digest of an event without its time and context, 16 hex digits. */
export const digestOf = ({ user_id, page_id, product, site_version, title }: Content): string =>
  hash('md5', `${user_id} ${page_id} ${product} ${site_version} ${title}`, 'hex').slice(0, 16);

/** The fields of an entry that say whose event it is. */
export const whoseOf = ({
  user_id: visitor,
  context,
}: Pick<ShopEvent, 'user_id' | 'context'>): Pick<LedgerEntry, 'visitor' | 'robot'> =>
  context?.bot === true ? { visitor, robot: true } : { visitor };

/** Path of a run's ledger. */
export const ledgerFile = (dataDir: string, run: string): string =>
  path.join(dataDir, 'simulator', `run-${run}.ndjson`);
