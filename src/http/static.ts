// Serves public/, and Chart.js from the installed package, so that no page needs another origin. Pages name files below an address that
// contains a digest of all of them, so that a browser may cache each for ever; scripts import each other by relative addresses, which
// stay below it.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';
import { packageRoot } from '../runtime/paths.ts';
import { readScripts, scripts } from './scripts.ts';

const require = createRequire(import.meta.url);

/** Name under /vendor/ → file inside an installed package. */
const VENDOR = {
  'chart.umd.min.js': ['chart.js', 'dist/chart.umd.min.js'],
} as const;

const PUBLIC = path.join(packageRoot, 'public');
const SCRIPTS = readScripts(path.join(PUBLIC, 'js'));

/** Revalidated at every visit, by their ETag. */
const ASKED_AGAIN = { maxAge: 0, immutable: false, index: false, redirect: false };
const KEPT = { ...ASKED_AGAIN, maxAge: 365 * 24 * 3600 * 1000, immutable: true };

/** The address of the files as they are now, the same in every process. */
export const filesAt = `/files/${digest()}`;

export function staticFiles(): Router {
  const router = Router();
  router.use(filesAt, files(KEPT));
  // For a page of a process with another version of the files, during an update.
  router.use('/files/:others', files(ASKED_AGAIN));
  router.use(files(ASKED_AGAIN));
  return router;
}

/** The header that express.static sends with these options. */
const cacheControlOf = ({ maxAge, immutable }: typeof KEPT): string =>
  `public, max-age=${maxAge / 1000}${immutable ? ', immutable' : ''}`;

function files(options: typeof KEPT): Router {
  const router = Router();
  // Not res.sendFile(), which sends no ETag where the application disables it for its pages.
  for (const [name, file] of vendorFiles()) router.use(`/vendor/${name}`, express.static(file, options));
  router.use('/js', scripts(SCRIPTS, cacheControlOf(options)));
  // By name, so that requests for pages do not access the disk.
  for (const name of readdirSync(PUBLIC).filter((one) => one !== 'js'))
    router.use(`/${name}`, express.static(path.join(PUBLIC, name), options));
  return router;
}

/** The digest of all names and contents. */
function digest(): string {
  const named = readdirSync(PUBLIC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .map((file): [string, string] => [path.relative(PUBLIC, file), file]);
  const hash = createHash('sha256');
  for (const [name, file] of [...named.sort(), ...vendorFiles()]) {
    hash.update(`${name}\n`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function vendorFiles(): [string, string][] {
  return Object.entries(VENDOR).map(([name, [packageName, file]]) => [
    name,
    path.join(packageFolder(packageName), file),
  ]);
}

/** The folder of an installed package, wherever npm has put it. */
function packageFolder(name: string): string {
  const entry = require.resolve(name);
  return entry.slice(0, entry.lastIndexOf(`${path.sep}${name}${path.sep}`) + name.length + 2);
}
