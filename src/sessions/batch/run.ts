// One run over files: reads them, two at a time, makes the tables of the queries, and hands them to what asks.

import type { DuckDBConnection } from '@duckdb/node-api';
import { openEngine } from './engine.ts';
import type { Input } from './inputs.ts';
import { makeEvents, type Read, readFile, type SetAside } from './read.ts';
import { makeSettings, rowsOf, type Settings } from './statements.ts';

export type RunOptions = Settings & {
  readonly inputs: readonly Input[];
  readonly memoryBytes: number;
  /** Where DuckDB spills what does not fit into memory. */
  readonly spillFolder: string;
  readonly withIds?: boolean | undefined;
  /** Called for each line that is not in the answers. */
  readonly onSetAside: (one: SetAside) => void;
  /** Called as files are read: how much of all bytes are done, 0 to 1. */
  readonly onRead?: ((done: number) => void) | undefined;
};

export type Ran<T> = { readonly answer: T; readonly events: number };

/** gzip is unpacked by one thread: two files at once keep two cores busy. */
const READERS = 2;

/**
 * Reads the files into `events`, and asks.
 * @param ask what is wanted of the tables `events`, `files` and `settings`
 */
export async function withEvents<T>(
  options: RunOptions,
  ask: (connection: DuckDBConnection) => Promise<T>,
): Promise<Ran<T>> {
  const engine = await openEngine(options.memoryBytes, options.spillFolder);
  try {
    const connection = await engine.connect();
    await makeEvents(connection, options.withIds === true);
    await makeSettings(connection, options.inputs, options);
    await readAll(options, engine.connect, engine.folder);
    const [counted] = await rowsOf(connection, 'SELECT count(*) AS events FROM events');
    return { answer: await ask(connection), events: Number(counted?.events) };
  } finally {
    await engine.close();
  }
}

async function readAll(
  { inputs, withIds = false, onSetAside, onRead }: RunOptions,
  connect: () => Promise<DuckDBConnection>,
  folder: string,
): Promise<void> {
  const all = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  const setAside: SetAside[][] = inputs.map(() => []);
  const waiting = [...inputs];
  let done = 0;
  const reader = async () => {
    const connection = await connect();
    for (let input = waiting.shift(); input !== undefined; input = waiting.shift()) {
      const mine = setAside[input.file] ?? [];
      const read: Read = { withIds, onSetAside: (one) => mine.push(one) };
      await readFile(connection, input, folder, read);
      done += input.bytes;
      onRead?.(all === 0 ? 1 : done / all);
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  for (const one of setAside.flat()) onSetAside(one);
}
