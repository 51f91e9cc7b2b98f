// The thread that reads stretches: it answers a message for each, in their order.

import { parentPort } from 'node:worker_threads';
import { ownedStretch, type StretchFile, type StretchPlace, StretchReader } from './stretch.ts';

export type Asked = StretchPlace & {
  readonly told: Uint8Array;
  /** Left out where it is that of the stretch before. */
  readonly file?: StretchFile;
  /** Memory of tapes that were merged, reused so that it is no garbage. */
  readonly spare: readonly ArrayBuffer[];
};

let reader: StretchReader | undefined;
const spares: ArrayBuffer[] = [];

parentPort?.on('message', ({ file, told, spare, ...place }: Asked) => {
  spares.push(...spare);
  if (file !== undefined) reader = new StretchReader(file);
  if (reader === undefined) throw new Error('received no file, expected one with the first stretch');
  const stretch = ownedStretch(reader.read(place, told), spares.pop());
  const { tape, keys, keyEnds, periods } = stretch;
  parentPort?.postMessage(
    stretch,
    [tape, keys, keyEnds, periods].map(({ buffer }) => buffer as ArrayBuffer),
  );
});
