// Forwards flushed rows to the topic aggregates.<definition>, each with its stable id as key and as header.

import type { Outbox } from '../../consumer/topic-forwarder.ts';
import type { Client } from '../../db/pool.ts';

const PARTITIONS = 1;
const MOST_ROWS = 500;
/** Key of the forwarder's advisory lock, together with the name's hash. */
const LOCK_CLASS = 0x5511;

/** The topic of a definition's flushed rows. */
export const resultTopicOf = (definition: string): string => `aggregates.${definition}`;

type Result = { readonly seq: number; readonly id: string; readonly row: string };

/** The rows that a definition has flushed in real time and that were not forwarded yet. */
export const resultOutbox = (definition: string): Outbox => ({
  topic: resultTopicOf(definition),
  partitions: PARTITIONS,
  mostRows: MOST_ROWS,
  take: async (client) => {
    const results = await takeUnforwarded(client, definition);
    return {
      messages: results.map(({ id, row }) => ({ key: id, value: row, headers: { id } })),
      mark: () =>
        client.query('UPDATE aggregator_results SET forwarded_at = clock_timestamp() WHERE seq = ANY($1)', [
          results.map(({ seq }) => seq),
        ]),
    };
  },
});

async function takeUnforwarded(client: Client, definition: string): Promise<readonly Result[]> {
  await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK_CLASS, definition]);
  const { rows } = await client.query<Result>(
    `SELECT seq, id, row::text AS row FROM aggregator_results
     WHERE definition = $1 AND run IS NULL AND forwarded_at IS NULL ORDER BY seq LIMIT $2`,
    [definition, MOST_ROWS],
  );
  return rows;
}
