// What ingest tells every web process at each commit: PostgreSQL's NOTIFY, delivered when the rows can be seen.

import { z } from 'zod';

export const STORED_CHANNEL = 'shopstream_stored';

const storedSchema = z.object({
  topic: z.string(),
  /** The consumer group that has stored it; left out where a file was loaded. */
  group: z.string().optional(),
  partition: z.int(),
  /** Every record of the partition before this offset is in Postgres. */
  next: z.string().regex(/^\d+$/),
});
export type Stored = z.infer<typeof storedSchema>;

/** The text of a notification, to be sent on STORED_CHANNEL in the transaction that stores a batch. */
export const storedMessage = (stored: Stored): string => JSON.stringify(stored);

/** Reads a notification; undefined where somebody else sent it. */
export function parseStored(payload: string | undefined): Stored | undefined {
  try {
    return storedSchema.parse(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
}
