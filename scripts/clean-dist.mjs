// Deletes the files of dist/ whose source is gone, after a build. The rest stays, as a program that runs from there may
// still load it; bundle.mjs looks after chunks/ itself.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');

for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const [, stem] = /^(.*)\.js(?:\.map)?$/.exec(name) ?? [];
  if (stem === undefined || stem.startsWith(`chunks${path.sep}`)) continue;
  if (!existsSync(path.join(root, `${stem}.ts`))) rmSync(path.join(dist, name));
}
