// A stand-in for the Kaggle file, whose download needs an account: the published counts, ids made the same way, shows
// before clicks before orders. The same seed gives the same bytes; memory doesn't grow with the rows.

import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { codeOf } from '../src/runtime/errors.ts';
import { DatasetError } from './errors.ts';
import { HEADER } from './published.ts';
import { type ReplicaOptions, replicaRows } from './replica/rows.ts';

export type { ReplicaOptions };

const CHUNK_BYTES = 256 * 1024;
const LONGEST_ROW = 256;

/** The file as chunks of bytes, which are not reused. */
export function* replicaChunks(options: ReplicaOptions): Generator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = chunk.write(`${HEADER}\n`, 'latin1');
  for (const row of replicaRows(options)) {
    if (used + LONGEST_ROW > CHUNK_BYTES) {
      yield chunk.subarray(0, used);
      chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      used = 0;
    }
    used += chunk.write(row, used, 'latin1');
  }
  yield chunk.subarray(0, used);
}

/**
 * Writes a replica of the dataset.
 * @param out stays open; where it is closed from the other side (`| head`), writing ends quietly
 * @returns rows requested, and bytes written
 * @throws {DatasetError} WRONG_OPTION
 */
export async function writeReplica(
  options: ReplicaOptions & { readonly out: Writable },
): Promise<{ rows: number; bytes: number }> {
  const { out, rows } = options;
  checkWholeNumber('rows', rows, 1);
  checkWholeNumber('seed', options.seed, 0);
  let bytes = 0;
  for (const chunk of replicaChunks(options)) {
    if (!out.writable) break;
    bytes += chunk.length;
    if (!out.write(chunk)) await room(out);
  }
  return { rows, bytes };
}

/** Waits until `out` drains or closes. */
async function room(out: Writable): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const events = ['drain', 'close', 'error'].map((event) => once(out, event, { signal }));
  try {
    await Promise.race(events);
  } catch (error) {
    if (codeOf(error) !== 'EPIPE') throw error;
  } finally {
    over.abort();
    await Promise.allSettled(events);
  }
}

function checkWholeNumber(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new DatasetError('WRONG_OPTION', `${name}: received ${value}, expected a whole number from ${least}`);
}
