// Deletes sessions that were not updated for 180 days, whether or not their definition runs.

import { setTimeout as sleep } from 'node:timers/promises';
import { levelOf } from '../../db/errors.ts';
import type { Client, Pool } from '../../db/pool.ts';
import type { Logger } from '../../runtime/log.ts';
import { TTL_MS } from '../core/step.ts';
import { topicOf } from './definitions.ts';

/** The core never resumes an expired session, so that only disk space waits for its deletion. */
const EVERY_MS = 3_600_000;
const AGAIN_MS = 60_000;

/**
 * Deletes a definition's expired sessions, of every grouping.
 * @param now milliseconds since the epoch, by the clock that their updates have
 * @returns the number of deleted sessions
 */
export async function deleteExpired(client: Client | Pool, definition: string, now: number): Promise<number> {
  const { rowCount } = await client.query(
    `DELETE FROM aggregator_sessions WHERE definition = $1
     AND updated_day <= (to_timestamp($2 / 1000.0) AT TIME ZONE 'UTC')::date AND updated_at <= to_timestamp($2 / 1000.0)`,
    [definition, now - TTL_MS],
  );
  return rowCount ?? 0;
}

/** The current version of a definition, and its last run over files. Times are in milliseconds since the epoch. */
type Clock = {
  readonly name: string;
  readonly body: string;
  /** The run's clock; null where there was no run. */
  readonly run: number | null;
  readonly started: number | null;
  readonly finished: boolean | null;
};

/**
 * Deletes the expired sessions of all definitions, paused ones too. The clock of a definition over files goes on from that of its last
 * run, which `--now` may have set to another year; sessions of a run that is not finished are left to it.
 * @param now milliseconds since the epoch
 * @returns the number of deleted sessions
 */
export async function deleteAllExpired(pool: Pool, now: number): Promise<number> {
  const { rows } = await pool.query<Clock>(
    `SELECT d.name, v.body::text AS body, extract(epoch FROM r.clock)::float8 * 1000 AS run,
       extract(epoch FROM r.started_at)::float8 * 1000 AS started, r.finished_at IS NOT NULL AS finished
     FROM aggregator_definitions d JOIN aggregator_versions v ON v.definition = d.name AND v.version = d.version
     LEFT JOIN LATERAL (SELECT clock, started_at, finished_at FROM aggregator_runs
       WHERE definition = d.name ORDER BY id DESC LIMIT 1) AS r ON true
     ORDER BY d.name`,
  );
  let deleted = 0;
  for (const one of rows) {
    const clock = clockOf(one, now);
    if (clock !== undefined) deleted += await deleteExpired(pool, one.name, clock);
  }
  return deleted;
}

function clockOf({ body, run, started, finished }: Clock, now: number): number | undefined {
  if (topicOf(body) !== undefined || run === null || started === null) return now;
  const since = now - started;
  return finished === true || since >= TTL_MS ? run + since : undefined;
}

/** Runs `expire` now and every hour until `signal` is aborted; a minute after a failure. Never rejects. */
export async function keepExpiring(
  expire: () => Promise<number>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const isDone = await expire().then(
      () => true,
      (error) => {
        log[levelOf(error)]({ err: error }, 'could not delete expired sessions; trying again');
        return false;
      },
    );
    await sleep(isDone ? EVERY_MS : AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}
