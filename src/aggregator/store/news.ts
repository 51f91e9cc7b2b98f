// What the web process is told at each commit that changed a definition or its sessions: PostgreSQL's NOTIFY.

import { z } from 'zod';
import { STORED_CHANNEL } from '../../db/stored.ts';

/** An expression of SQL that tells of the definition whose name is `name`, an expression too. */
export const tellSql = (name: string): string =>
  `pg_notify('${STORED_CHANNEL}', json_build_object('aggregated', ${name})::text)`;

const newsSchema = z.object({ aggregated: z.string() });

/** The definition that a notification tells of; undefined where it tells of something else. */
export function aggregatedIn(payload: string | undefined): string | undefined {
  try {
    return newsSchema.parse(JSON.parse(payload ?? '')).aggregated;
  } catch {
    return undefined;
  }
}
