// Revisions of sessions for other programs: the topic `sessions` has each one, keyed by its visitor, in the order of the changes.

import type { Outbox } from '../../consumer/topic-forwarder.ts';

const SESSIONS_TOPIC = 'sessions';

const PARTITIONS = 3;
const MOST_ROWS = 1_000;
/** The lock of whoever forwards. */
const LOCK_KEY = 0x5513;

type Row = { readonly seq: number; readonly user_id: string; readonly body: string };

export const revisionOutbox: Outbox = {
  topic: SESSIONS_TOPIC,
  partitions: PARTITIONS,
  take: async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const { rows } = await client.query<Row>(
      `SELECT seq, body->>'user_id' AS user_id, body::text AS body FROM session_revisions ORDER BY seq LIMIT $1`,
      [MOST_ROWS],
    );
    return {
      messages: rows.map(({ user_id, body }) => ({ key: user_id, value: body })),
      mark: () =>
        client.query('DELETE FROM session_revisions WHERE seq = ANY($1)', [rows.map(({ seq }) => seq)]),
    };
  },
};
