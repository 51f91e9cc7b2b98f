// Files that browsers fetch: public/, and Chart.js from the installed package, so that no page needs another origin.

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';
import { packageRoot } from '../runtime/paths.ts';

const require = createRequire(import.meta.url);

/** Name under /vendor/ → file inside an installed package. */
const VENDOR = {
  'chart.umd.min.js': ['chart.js', 'dist/chart.umd.min.js'],
} as const;

/** Asked for again at every visit, and answered by their ETag: scripts import each other without a version in the name. */
const options = { maxAge: 0, index: false, redirect: false } as const;

export function staticFiles(): Router {
  const router = Router();
  for (const [name, [packageName, file]] of Object.entries(VENDOR)) {
    const absolute = path.join(packageFolder(packageName), file);
    // Not res.sendFile(): that has no ETag where the application makes none for its pages.
    router.use(`/vendor/${name}`, express.static(absolute, options));
  }
  // By name, so that the disk isn't asked for every page.
  const folder = path.join(packageRoot, 'public');
  for (const name of readdirSync(folder))
    router.use(`/${name}`, express.static(path.join(folder, name), options));
  return router;
}

/** The folder of an installed package, wherever npm has put it. */
function packageFolder(name: string): string {
  const entry = require.resolve(name);
  return entry.slice(0, entry.lastIndexOf(`${path.sep}${name}${path.sep}`) + name.length + 2);
}
