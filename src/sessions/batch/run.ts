// One run over files: reads them, two at a time, into the tables of the queries, and asks these.

import type { DuckDBConnection } from '@duckdb/node-api';
import { openEngine } from './engine.ts';
import { fullError, isFull } from './full.ts';
import type { Input } from './inputs.ts';
import { followReading, type ReadProgress } from './progress.ts';
import { eventsSql, readFile, type SetAside, type Wanted } from './read.ts';
import { makeSettings, type Settings } from './statements.ts';

export type RunOptions = Settings & {
  readonly inputs: readonly Input[];
  readonly memoryBytes: number;
  /** Where DuckDB spills what does not fit into memory. */
  readonly spillFolder: string;
  readonly wanted: Wanted;
  /** Called for each rejected line in the order of files and lines, once all are read. */
  readonly onSetAside: (one: SetAside) => void;
  /** Called at intervals while files are read. */
  readonly onRead?: ((progress: ReadProgress) => void) | undefined;
};

export type Ran<T> = { readonly answer: T; readonly events: number };

/** gzip is unpacked by one thread: two files at once keep two cores busy. */
const READERS = 2;

/**
 * Reads the files into `events` and runs `ask`.
 * @param ask reads the tables `events`, `files` and `settings`
 * @throws {ExpectationError} where the disk or the memory is full
 */
export async function withEvents<T>(
  options: RunOptions,
  ask: (connection: DuckDBConnection) => Promise<T>,
): Promise<Ran<T>> {
  const engine = await openEngine(options.memoryBytes, options.spillFolder);
  try {
    const connection = await engine.connect();
    await connection.run(eventsSql(options.wanted));
    await makeSettings(connection, options.inputs, options);
    const events = await readAll(options, engine.connect, engine.folder);
    return { answer: await ask(connection), events };
  } catch (error) {
    throw isFull(error) ? fullError(error, options.spillFolder) : error;
  } finally {
    await engine.close();
  }
}

async function readAll(
  { inputs, wanted, onSetAside, onRead }: RunOptions,
  connect: () => Promise<DuckDBConnection>,
  folder: string,
): Promise<number> {
  const progress = followReading(inputs, onRead);
  const setAside: SetAside[][] = inputs.map(() => []);
  const waiting = [...inputs];
  let events = 0;
  const reader = async () => {
    const connection = await connect();
    for (let input = waiting.shift(); input !== undefined; input = waiting.shift()) {
      const mine = setAside[input.file] ?? [];
      progress.begin(input.bytes);
      const added = await readFile(connection, input, folder, {
        wanted,
        onSetAside: (one) => mine.push(one),
      });
      events += added;
      progress.add(input.bytes, added);
    }
  };
  try {
    await Promise.all(Array.from({ length: READERS }, reader));
  } finally {
    progress.end();
  }
  for (const one of setAside.flat()) onSetAside(one);
  return events;
}
