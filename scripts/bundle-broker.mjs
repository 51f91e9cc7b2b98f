// Puts the broker's ninety modules into the one file that the program loads, in the place of the compiled door: finding and reading
// them one by one takes longer than all the rest of the broker's start.

import { isAbsolute } from 'node:path';
import { build } from 'rolldown';

const DOOR = 'src/broker/broker.ts';

await build({
  input: DOOR,
  platform: 'node',
  external: (id) => !id.startsWith('.') && !isAbsolute(id) && id !== DOOR,
  output: { file: 'dist/src/broker/broker.js', format: 'esm', sourcemap: true },
  logLevel: 'warn',
});
