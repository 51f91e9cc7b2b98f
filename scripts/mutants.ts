// Breaks the program one line at a time and runs the tests that should fail: npm run mutants. Each mutant of
// scripts/mutant-list.ts gets the repository's files in a folder of its own, and is dead where one of its tests fails; a run
// without tests kills nothing. Arguments choose mutants by a part of their names.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MUTANTS, type Mutant } from './mutant-list.ts';
import { fileOf, filesOf } from './mutant-place.ts';

const LONGEST_MS = 240_000;

function copyWith(mutant: Mutant, root: string, files: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-mutant-'));
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(folder, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const place = path.join(folder, fileOf(mutant, root, files));
  const lines = readFileSync(place, 'utf8').split('\n');
  writeFileSync(place, lines.map((one) => (one.trim() === mutant.line ? mutant.becomes : one)).join('\n'));
  return folder;
}

/** Numbers of tests that failed, and that ran. */
function run(folder: string, tests: readonly string[]): { failed: number; ran: number } {
  const report = path.join(folder, 'report.json');
  const args = ['vitest', 'run', '--reporter=json', `--outputFile=${report}`, ...tests];
  spawnSync('npx', args, { cwd: folder, stdio: 'ignore', timeout: LONGEST_MS });
  if (!existsSync(report)) return { failed: 0, ran: 0 };
  const { numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  return { failed: numFailedTests, ran: numTotalTests };
}

function main(root: string, chosen: readonly string[]): void {
  const files = filesOf(root);
  // All lines first, so that an outdated list fails at once.
  for (const mutant of MUTANTS) fileOf(mutant, root, files);
  const asked = MUTANTS.filter(
    ({ name }) => chosen.length === 0 || chosen.some((part) => name.includes(part)),
  );
  for (const mutant of asked) {
    const folder = copyWith(mutant, root, files);
    try {
      const { failed, ran } = run(folder, mutant.tests);
      const state = ran === 0 ? 'NOT RUN ' : failed > 0 ? 'dead    ' : 'SURVIVED';
      if (failed === 0) process.exitCode = 1;
      console.log(
        `${state}  ${mutant.name} (${failed} of ${ran} tests failed; ${fileOf(mutant, root, files)})`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

main(process.cwd(), process.argv.slice(2));
