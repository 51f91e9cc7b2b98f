// Copies of a folder as a crash would leave it, at each step of the changes in it.

import fs, { cpSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Runs `act` and copies the folder before each change that it makes there: what a crash at that moment would leave. */
export async function crashesOf(folder: string, act: () => Promise<void>): Promise<string[]> {
  const copies: string[] = [];
  const { renameSync, rmSync, writeFileSync, writeSync, ftruncateSync } = fs;
  const noting = <Args extends unknown[], Result>(change: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      const copy = `${folder}~${copies.length}`;
      cpSync(folder, copy, { recursive: true });
      copies.push(copy);
      return change(...args);
    };
  };
  Object.assign(fs, {
    renameSync: noting(renameSync),
    rmSync: noting(rmSync),
    writeFileSync: noting(writeFileSync),
    writeSync: noting(writeSync),
    ftruncateSync: noting(ftruncateSync),
  });
  syncBuiltinESMExports();
  try {
    await act();
  } finally {
    Object.assign(fs, { renameSync, rmSync, writeFileSync, writeSync, ftruncateSync });
    syncBuiltinESMExports();
  }
  return copies;
}
