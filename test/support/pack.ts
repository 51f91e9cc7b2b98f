// The package, as npm makes it of what the run's setup has built.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../src/runtime/paths.ts';

export type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };

/** Makes the tarball in a folder; its `filename` is the whole path. */
export function pack(folder: string): Packed {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [made] = JSON.parse(execFileSync('npm', args, { cwd: packageRoot, encoding: 'utf8' })) as Packed[];
  if (made === undefined) throw new Error('npm packed nothing');
  return { ...made, filename: path.join(folder, made.filename) };
}
