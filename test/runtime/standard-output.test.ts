// What a script leaves in the file that its output is redirected to. By the built module: npm's banner is in the file before a process begins.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODULE = path.join(packageRoot, 'dist/src/runtime/standard-output.js');
const SCRIPT = `import { standardOutput } from ${JSON.stringify(MODULE)}; standardOutput().end('said\\n');`;

/** The file after a script has said something behind what was there. */
function fileAfter(before: string): string {
  const file = path.join(temporaryFolder(), 'file');
  const command = '{ printf "%s" "$1"; "$2" --input-type=module --eval "$3"; } > "$4"';
  execFileSync('sh', ['-c', command, 'sh', before, process.execPath, SCRIPT, file]);
  return readFileSync(file, 'utf8');
}

it('what npm says before a script is taken back out of the file', () => {
  expect(fileAfter('\n> shopstream@0.1.0 replica\n> node main.js replica --rows 5\n\n')).toBe('said\n');
});

it.each([
  ['nothing', ''],
  ['a line', 'mine\n'],
  ['a line behind what npm says', '\n> shopstream@0.1.0 replica\n> node main.js\n\nmine\n'],
  ['a line before what npm says', `mine\n\n> shopstream@0.1.0 replica\n> node main.js\n\n`],
  ['more than npm says', `\n> shopstream@0.1.0 replica\n> ${'x'.repeat(4_096)}\n\n`],
])('anything else that is in the file stays: %s', (_, before) => {
  expect(fileAfter(before)).toBe(`${before}said\n`);
});
