// The embedded DuckDB of one run: its memory limit, its spill folder, and the removal of folders that killed runs left.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { isAlive } from '../../runtime/process-lock.ts';

export type Engine = {
  /** Opens another connection to the same tables; closed with the engine. */
  connect(): Promise<DuckDBConnection>;
  /** A folder of this run alone. */
  readonly folder: string;
  close(): Promise<void>;
};

const PREFIX = 'shopstream-sessions-';
/**
 * DuckDB's memory_limit counts its buffers alone. Node, the parsers and the allocator take about half as much again at 100
 * million clicks (docs/sessions.md).
 */
const SHARE_OF_BUFFERS = 0.6;

/**
 * Opens an empty database that lives as long as the run.
 * @param memoryBytes limit of the whole process
 * @param spillFolder in which the run makes a folder of its own
 * @throws {ExpectationError} where `spillFolder` is no folder
 */
export async function openEngine(memoryBytes: number, spillFolder: string): Promise<Engine> {
  const names = await readdir(spillFolder).catch(() => {
    throw new ExpectationError(`--spill: received ${spillFolder}, expected a folder that can be read`);
  });
  await removeLeftovers(spillFolder, names);
  const folder = await mkdtemp(path.join(spillFolder, `${PREFIX}${process.pid}-`));
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor((memoryBytes * SHARE_OF_BUFFERS) / 1024)}KiB`,
    temp_directory: path.join(folder, 'spill'),
    preserve_insertion_order: 'false',
  });
  const connections: DuckDBConnection[] = [];
  return {
    folder,
    connect: async () => {
      const connection = await instance.connect();
      connections.push(connection);
      return connection;
    },
    close: async () => {
      for (const connection of connections) connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Removes the folders of killed runs, whose processes are gone. */
async function removeLeftovers(spillFolder: string, names: readonly string[]): Promise<void> {
  const left = names.filter((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  for (const name of left) await rm(path.join(spillFolder, name), { recursive: true, force: true });
}
