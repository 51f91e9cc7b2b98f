// Makes dist/wasm/ of wasm/, each of whose files is a program in AssemblyScript with memory of the caller's; the modules of a program are
// in a folder of its name. What is newer than all sources and this script is left as it is.

import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(script));
const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const newest = Math.max(
  timeOf(script),
  ...readdirSync(path.join(root, 'wasm'), { recursive: true }).map((name) =>
    timeOf(path.join(root, 'wasm', name)),
  ),
);

mkdirSync(path.join(root, 'dist', 'wasm'), { recursive: true });
for (const name of readdirSync(path.join(root, 'wasm')).filter((one) => one.endsWith('.ts'))) {
  const source = path.join('wasm', name);
  const made = path.join('dist', 'wasm', name.replace(/\.ts$/, '.wasm'));
  if (timeOf(path.join(root, made)) > newest) continue;
  // The compiler takes longer to load than to run: where all is made, it is not loaded.
  const { main } = await import('assemblyscript/asc');
  const options = ['--runtime', 'stub', '--importMemory', '--use', 'abort=', '--enable', 'simd', '-O3'];
  const { error, stderr } = await main([source, '--outFile', made, '--baseDir', root, ...options]);
  if (error !== null) throw new Error(`${stderr}`, { cause: error });
}
