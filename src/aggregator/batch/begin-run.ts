// Begins a run over files: a new one, or the one that was interrupted, whose committed rows are delivered first.

import { type Client, type Pool, transaction } from '../../db/pool.ts';
import type { Definition } from '../definition/schema.ts';
import { saveDefinition } from '../store/definitions.ts';
import { findOpenRun, insertRun, markDelivered, type Run } from '../store/runs.ts';
import type { InputFile } from './input.ts';

/** Rows that are delivered at a time. */
const PAGE = 5_000;

/** A run can't begin or go on. The message is for the user. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** Takes flushed rows, as JSON text. They are delivered once it resolves. */
export type Deliver = (rows: readonly string[]) => Promise<void>;
export type Beginning = {
  readonly pool: Pool;
  readonly definition: Definition;
  /** Milliseconds since the epoch; a resumed run keeps its own. */
  readonly now: number;
  /** Discards an unfinished run over other files. */
  readonly discard?: boolean;
};

/**
 * Saves the definition and begins a run, or resumes the unfinished one over the same files.
 * @throws {RunError} where a run over other files, or of another version, is unfinished
 */
export function beginRun(
  { pool, definition, now, discard }: Beginning,
  inputs: readonly InputFile[],
): Promise<{ run: Run; resumed: boolean }> {
  const described = JSON.stringify(inputs);
  return transaction(pool, async (client) => {
    const version = await saveDefinition(client, definition);
    const open = await findOpenRun(client, definition.name);
    if (open !== undefined && open.inputs === described && open.version === version)
      return { run: open, resumed: true };
    if (open !== undefined && !open.finished && discard !== true)
      throw new RunError(unfinished(definition.name, open));
    if (open !== undefined) {
      if (!open.finished) await dropSessionsOfRun(client, definition.name);
      await markDelivered(client, open.id);
    }
    await insertRun(client, definition.name, version, described, now);
    const run = await findOpenRun(client, definition.name);
    if (run === undefined) throw new Error('the run that was just begun was not found');
    return { run, resumed: false };
  });
}

const unfinished = (name: string, { inputs, file, position }: Run): string => {
  const files = (JSON.parse(inputs) as InputFile[]).map(({ path }) => path);
  return (
    `a run of ${name} over ${files.join(' ')} was interrupted at ${files[file] ?? 'its end'}:${position}; ` +
    'start it again with the same definition and files to resume it, or discard it with --discard'
  );
};

/** Deletes sessions that wait for the end of their file or run, which will never come; those with a timeout stay. */
async function dropSessionsOfRun(client: Client, name: string): Promise<void> {
  await client.query('DELETE FROM aggregator_sessions WHERE definition = $1 AND due_at IS NULL', [name]);
}

/** Delivers the rows of a run that an earlier process has committed and perhaps not delivered. */
export async function deliverRows(pool: Pool, run: number, deliver: Deliver): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await pool.query<{ seq: number; row: string }>(
      'SELECT seq, row::text AS row FROM aggregator_results WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [run, after, PAGE],
    );
    if (rows.length === 0) return;
    await deliver(rows.map(({ row }) => row));
    after = rows.at(-1)?.seq ?? after;
  }
}
