// A process whose output nobody reads any more: in a process of its own, as it is about standard output.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODULE = pathToFileURL(path.join(packageRoot, 'dist/src/runtime/unread-output.js'));

/** The exit code of a process that goes on printing once its reader is gone, and then does `last`. */
async function printing(last: string): Promise<number | null> {
  const script = path.join(temporaryFolder(), 'printing.mjs');
  writeFileSync(
    script,
    `import { once } from 'node:events';
     import { goOnUnread } from '${MODULE.href}';
     goOnUnread();
     console.log('begun');
     await once(process.stdin.resume(), 'end');
     const failed = new Promise((resolve) => process.stdout.once('error', resolve));
     const printing = setInterval(() => console.log('unread'), 1);
     await failed;
     clearInterval(printing);
     ${last}`,
  );
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end();
  return (await once(child, 'exit'))[0] as number | null;
}

it('a process goes on where nobody reads its output any more', async () => {
  expect(await printing('process.exitCode = 7;')).toBe(7);
});

it('a process ends with any other failure of its output, such as a full disk', async () => {
  const full = `process.stdout.emit('error', Object.assign(new Error('full'), { code: 'ENOSPC' })); process.exitCode = 7;`;
  expect(await printing(full)).toBe(1);
});
