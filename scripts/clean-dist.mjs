// Deletes from dist/ what no source stands behind any more, after a build. The rest stays in place: a program that runs from there
// still loads it.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');

for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const [, stem] = /^(.*)\.js(?:\.map)?$/.exec(name) ?? [];
  if (stem !== undefined && !existsSync(path.join(root, `${stem}.ts`))) rmSync(path.join(dist, name));
}
