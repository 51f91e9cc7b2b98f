// Where the package's own files are, whether it runs from src/ or from dist/.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function findPackageRoot(from: string): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const parent = path.dirname(from);
  if (parent === from) throw new Error(`no package.json above ${import.meta.url}`);
  return findPackageRoot(parent);
}

/** The folder that holds package.json, views/, public/ and migrations/. */
export const packageRoot = findPackageRoot(path.dirname(fileURLToPath(import.meta.url)));
