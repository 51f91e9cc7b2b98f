// A disk that refuses one kind of call, as a broken one does.

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const eio = (name: string) => Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO' });

/** Runs `act` while each of these calls fails with EIO. */
export function failing(
  names: readonly ('fsyncSync' | 'fdatasyncSync' | 'ftruncateSync' | 'writeSync')[],
  act: () => void,
): void {
  const real = Object.fromEntries(names.map((name) => [name, fs[name]]));
  for (const name of names)
    Object.assign(fs, {
      [name]: () => {
        throw eio(name);
      },
    });
  syncBuiltinESMExports();
  try {
    act();
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
}
