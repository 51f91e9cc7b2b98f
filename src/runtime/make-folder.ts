import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from './errors.ts';

/**
 * Makes a folder, and those above it, where they are missing. Node's own recursive mkdir tries for ever where a file system
 * answers ENOENT to everything, as /proc does.
 * @param mode of the folder itself
 * @throws the file system's error
 */
export function makeFolder(folder: string, mode?: number): void {
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && statSync(folder).isDirectory()) return;
    if (code !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    makeFolder(path.dirname(folder));
    mkdirSync(folder, mode);
  }
}
