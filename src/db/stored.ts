// What ingest tells every web process at each commit: PostgreSQL's NOTIFY, delivered when the rows can be seen.

import { z } from 'zod';
import type { Client } from './pool.ts';

export const STORED_CHANNEL = 'shopstream_stored';

const storedSchema = z.object({
  topic: z.string(),
  partition: z.int(),
  /** Every record of the partition before this offset is in Postgres. */
  next: z.string().regex(/^\d+$/),
  inserted: z.int(),
});
export type Stored = z.infer<typeof storedSchema>;

/** To be called in the transaction that stores a batch. */
export async function announce(client: Client, stored: Stored): Promise<void> {
  await client.query('SELECT pg_notify($1, $2)', [STORED_CHANNEL, JSON.stringify(stored)]);
}

/** Reads a notification; undefined where somebody else sent it. */
export function parseStored(payload: string | undefined): Stored | undefined {
  try {
    return storedSchema.parse(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
}
