// Revisions of sessions for other programs, on the topic `sessions`: keyed by visitor, in the order of the changes.

import type { Outbox } from '../../consumer/topic-forwarder.ts';
import type { Reason } from './core/step.ts';

const SESSIONS_TOPIC = 'sessions';

const PARTITIONS = 3;
const MOST_ROWS = 1_000;
/** Key of the forwarder's advisory lock. */
const LOCK_KEY = 0x5513;

/** A message of the topic `sessions`. */
export type Revision = {
  readonly session_id: number;
  readonly revision: number;
  /** The revision that this one replaces; null at the first. */
  readonly revises: number | null;
  readonly because: Reason;
  readonly late_by_ms: number;
  readonly user_id: string;
  readonly robot: boolean;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_ms: number;
  readonly events: number;
  readonly closed: boolean;
  readonly merged_into: number | null;
};

type Row = Omit<Revision, 'revises' | 'started_at' | 'ended_at' | 'duration_ms'> & {
  readonly seq: number;
  readonly started_at: Date;
  readonly ended_at: Date;
};

const revisionOf = (row: Row): Revision => ({
  session_id: row.session_id,
  revision: row.revision,
  revises: row.revision === 1 ? null : row.revision - 1,
  because: row.because,
  late_by_ms: row.late_by_ms,
  user_id: row.user_id,
  robot: row.robot,
  started_at: row.started_at.toISOString(),
  ended_at: row.ended_at.toISOString(),
  duration_ms: row.ended_at.getTime() - row.started_at.getTime(),
  events: row.events,
  closed: row.closed,
  merged_into: row.merged_into,
});

export const revisionOutbox: Outbox = {
  topic: SESSIONS_TOPIC,
  partitions: PARTITIONS,
  mostRows: MOST_ROWS,
  lock: LOCK_KEY,
  take: async (client) => {
    // Deleted first: the transaction is rolled back where Kafka does not acknowledge them.
    const { rows } = await client.query<Row>({
      name: 'take_revisions',
      text: `DELETE FROM session_revisions
         WHERE seq = ANY(ARRAY(SELECT seq FROM session_revisions ORDER BY seq LIMIT ${MOST_ROWS}))
         RETURNING seq, session_id, revision, because, late_by_ms, replace(user_id::text, '-', '') AS user_id, robot,
           started_at, ended_at, events, closed, merged_into`,
    });
    const messages = rows
      .toSorted((one, other) => one.seq - other.seq)
      .map((row) => ({ key: row.user_id, value: JSON.stringify(revisionOf(row)) }));
    return { messages };
  },
};
