// The payloads of PostgreSQL's NOTIFY, which every web process gets at each commit, once the rows are visible.

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
/** Events were stored; a definition of the aggregator, named here, has changed; faults have begun or ended; a page is open. */
export type Change = z.infer<typeof changeSchema>;

/** The text of a notification, to be sent on CHANGE_CHANNEL in the transaction that stores a batch. */
export const storedMessage = (stored: Stored): string => JSON.stringify(stored);

/** An SQL expression that announces the definition whose name is `name`, an SQL expression too. */
export const notifyAggregatedSql = (name: string): string =>
  `pg_notify('${CHANGE_CHANNEL}', json_build_object('aggregated', ${name})::text)`;

/** The text of a notification that faults have begun or ended. */
export const FAULTS_MESSAGE = JSON.stringify(FAULTS);

/** The text of a notification that somebody has a page open that shows what is new. */
export const PAGES_MESSAGE = JSON.stringify(PAGES);

/** Reads a notification; undefined where another program sent it. */
export function changeOf(payload: string | undefined): Change | undefined {
  try {
    return changeSchema.parse(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
}
