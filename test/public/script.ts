// A script of the pages that touches no document, for its test.

import path from 'node:path';
import { packageRoot } from '../../src/runtime/paths.ts';

/** @param name below public/js; what it exports is checked by tsconfig.public.json, and said again by the test as far as it needs */
export const script = <Exports>(name: string): Promise<Exports> =>
  import(path.join(packageRoot, 'public/js', name));
