// The thread that reads stretches: a message for each, answered in their order.

import { parentPort } from 'node:worker_threads';
import { type Stretch, type StretchFile, type StretchPlace, StretchReader } from './stretch.ts';

export type Asked = StretchPlace & {
  readonly told: Uint8Array;
  /** Where it is another one than that of the stretch before. */
  readonly file?: StretchFile;
};

let reader: StretchReader | undefined;

parentPort?.on('message', ({ file, told, ...place }: Asked) => {
  if (file !== undefined) reader = new StretchReader(file);
  if (reader === undefined) throw new Error('received no file, expected one with the first stretch');
  const stretch = owned(reader.read(place, told));
  const { tape, keys, keyEnds, periods } = stretch;
  parentPort?.postMessage(
    stretch,
    [tape, keys, keyEnds, periods].map(({ buffer }) => buffer as ArrayBuffer),
  );
});

/** With arrays of its own, which the other thread may have. */
function owned(stretch: Stretch): Stretch {
  const { tape, keys, keyEnds, periods } = stretch;
  return {
    ...stretch,
    tape: tape.slice(),
    keys: keys.slice(),
    keyEnds: keyEnds.slice(),
    periods: periods.slice(),
  };
}
