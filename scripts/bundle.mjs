// Puts the program's modules, and those of its packages, into a few files, in the place of its compiled doors: a part that finds and reads
// a thousand modules one by one takes twice as long until it works. What else was compiled stays, for tests and benchmarks.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const CHUNKS = 'chunks';

/** What is started, or loaded, by its name: the program, its threads, and the broker alone. */
const DOORS = ['src/main', 'src/aggregator/batch/stretch-worker', 'src/broker/broker'];

/** Packages that are loaded as they were installed: those with native code, and kafkajs, of which kafka/ changes modules. */
const INSTALLED = /^(?:@duckdb\/node-bindings|@node-rs\/crc32|kafkajs|lz4-napi|snappy)(?:\/|$)/;

/** A file that a command or a part loads has that one's path, so that a stack names it. */
function chunkName({ isDynamicEntry, facadeModuleId }) {
  if (!isDynamicEntry || facadeModuleId === null) return `${CHUNKS}/[name].js`;
  const { dir, name: stem } = path.parse(path.relative(root, facadeModuleId));
  return `${CHUNKS}/${dir}/${stem}.js`;
}

const { output } = await build({
  cwd: root,
  input: Object.fromEntries(DOORS.map((door) => [door, `./${door}.ts`])),
  platform: 'node',
  external: INSTALLED,
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: chunkName,
    sourcemap: true,
  },
  logLevel: 'warn',
});

const written = new Set(output.map(({ fileName }) => path.normalize(fileName)));
for (const file of readdirSync(path.join(dist, CHUNKS), { recursive: true, withFileTypes: true })) {
  const place = path.join(file.parentPath, file.name);
  if (file.isFile() && !written.has(path.relative(dist, place))) rmSync(place);
}
