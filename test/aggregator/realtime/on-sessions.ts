// What tests do with the sessions of a real-time definition in a real database, by a clock that only the test moves.

import { toCell } from '../../../src/aggregator/core/json.ts';
import type { Rec } from '../../../src/aggregator/core/step.ts';
import { readDefinition } from '../../../src/aggregator/definition/read.ts';
import type { LiveSessions } from '../../../src/aggregator/realtime/live-sessions.ts';
import type { Transacted } from '../../../src/aggregator/realtime/transacted.ts';
import { saveDefinition } from '../../../src/aggregator/store/definitions.ts';
import { type Pool, transaction } from '../../../src/db/pool.ts';

export const HOUR = 3_600_000;
export const T0 = Date.UTC(2024, 0, 1, 13);

type Values = readonly Readonly<Record<string, unknown>>[];

/** @param pool read when it is needed */
export function onSessions(pool: () => Pool) {
  const save = (text: string) =>
    transaction(pool(), (client) => saveDefinition(client, readDefinition(text)));

  let position = 0;
  const recordsOf = ({ names }: Transacted, values: Values, now: number): Rec[] =>
    values.map((value) => {
      position += 1;
      const cells = names.map((name) => toCell(value[name]));
      return { cells, source: 't/0', position, at: now };
    });

  const take = (sessions: LiveSessions, values: Values, now: number) =>
    sessions.change(
      (work) => transaction(pool(), work),
      (transacted) => transacted.take(recordsOf(transacted, values, now), values.length, now),
      values.length,
    );
  const check = (sessions: LiveSessions, now: number) =>
    sessions.change(
      (work) => transaction(pool(), work),
      async (transacted) => void (await transacted.flushDue(now, 100)),
    );

  /** What was flushed since the last time that somebody asked. */
  async function flushed(name: string): Promise<object[]> {
    const { rows } = await pool().query<{
      row: Record<string, unknown> & { meta: Record<string, unknown> };
    }>(
      `UPDATE aggregator_results SET forwarded_at = now() WHERE definition = $1 AND forwarded_at IS NULL RETURNING row`,
      [name],
    );
    return rows.map(({ row: { meta, ...row } }) => ({ ...row, version: meta.version, count: meta.count }));
  }

  return { save, recordsOf, take, check, flushed };
}
