// A stand-in for the Kaggle file, which can't be had without an account: the published counts, ids made the same way,
// shows before clicks before orders. The same seed gives the same bytes; memory doesn't grow with the rows.

import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { HEADER } from './published.ts';
import { type ReplicaOptions, replicaRows } from './replica/rows.ts';

export type { ReplicaOptions };

const CHUNK_BYTES = 256 * 1024;
const LONGEST_ROW = 256;

/** The file as chunks of bytes. Each is the reader's to keep. */
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
 * @returns rows written and their bytes
 */
export async function writeReplica(
  options: ReplicaOptions & { readonly out: Writable },
): Promise<{ rows: number; bytes: number }> {
  const { out } = options;
  let bytes = 0;
  for (const chunk of replicaChunks(options)) {
    bytes += chunk.length;
    if (!out.write(chunk)) await once(out, 'drain');
  }
  return { rows: options.rows, bytes };
}
