// The payloads of NOTIFY on one channel, which every web process receives after a commit, once its rows are visible.

import { z } from 'zod';

export const CHANGE_CHANNEL = 'shopstream_stored';

const storedSchema = z.object({
  topic: z.string(),
  /** The id of the topic's cluster; left out where a file was loaded. */
  cluster: z.string().optional(),
  /** The consumer group that has stored it; left out where a file was loaded. */
  group: z.string().optional(),
  partition: z.int(),
  /** Every record of the partition before this offset is in Postgres. */
  next: z.string().regex(/^\d+$/),
  /** Where the partition ended when the records were fetched; left out where it is not known. */
  end: z.string().regex(/^\d+$/).optional(),
});
/** Records of a partition, or a file, were stored. */
export type Stored = z.infer<typeof storedSchema>;

const FAULTS = { faults: 'changed' } as const;
const PAGES = { pages: 'open' } as const;

const changeSchema = z.union([
  storedSchema,
  z.object({ aggregated: z.string() }),
  z.object({ faults: z.literal(FAULTS.faults) }),
  z.object({ pages: z.literal(PAGES.pages) }),
]);
/**
 * Events were stored (Stored); the named definition of the aggregator has changed (`aggregated`); faults have begun or ended (`faults`);
 * a page is open that shows what is new (`pages`).
 */
export type Change = z.infer<typeof changeSchema>;

/** The payload that says that events were stored, to be sent in the transaction that stores them. */
export const storedMessage = (stored: Stored): string => JSON.stringify(stored);

/** An SQL expression that notifies of a changed definition. @param name an SQL expression for its name */
export const notifyAggregatedSql = (name: string): string =>
  `pg_notify('${CHANGE_CHANNEL}', json_build_object('aggregated', ${name})::text)`;

/** The payload that says that faults have begun or ended. */
export const FAULTS_MESSAGE = JSON.stringify(FAULTS);

/** The payload that says that somebody has a page open that shows what is new. */
export const PAGES_MESSAGE = JSON.stringify(PAGES);

/** Reads a payload; undefined where it is none of these. */
export function changeOf(payload: string | undefined): Change | undefined {
  try {
    return changeSchema.parse(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
}
