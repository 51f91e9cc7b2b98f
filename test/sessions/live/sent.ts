// Events of one visitor put into live sessions, and the sessions that there are.

import { type Client, type Pool, transaction } from '../../../src/db/pool.ts';
import { takeEvents } from '../../../src/sessions/live/handler.ts';

export type Sender = { readonly robot?: boolean; readonly simulated?: boolean };

/** Puts events of these times, in milliseconds, into sessions, each as it happens. @returns how many sessions changed */
export const send = (
  pool: Pool,
  user_id: string,
  times: readonly number[],
  { robot = false, simulated = false }: Sender = {},
): Promise<number> =>
  transaction(pool, (client: Client) =>
    takeEvents(
      client,
      times.map((sent_ms) => ({ user_id, robot, simulated, sent_ms, arrived_ms: sent_ms })),
    ),
  );

/** All sessions, by id. */
export const sessionsOf = async (pool: Pool) => (await pool.query('SELECT * FROM sessions ORDER BY id')).rows;
