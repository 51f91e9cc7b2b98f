// Breaks the program one line at a time and runs the tests that should fail: npm run mutants. It works on a copy of the repository's
// files; a mutant of scripts/mutant-list.ts is dead where one of its tests fails, and a run without tests kills nothing. The same tests run
// on the program as it is first: where one fails there, no death means anything. Arguments choose mutants by a part of their names.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MUTANTS, type Mutant } from './mutant-list.ts';
import { fileOf, filesOf } from './mutant-place.ts';

const LONGEST_MS = 240_000;
const LONGEST_OF_ALL_MS = 900_000;

/** With packages of its own, as a bundler goes to where a link leads: by hard links where the disk is the same. */
function copyOf(root: string, files: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'shopstream-mutants-'));
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(folder, file));
  }
  const packages = ['node_modules', folder];
  const { status } = spawnSync('cp', ['-al', ...packages], { cwd: root, stdio: 'ignore' });
  if (status !== 0) spawnSync('cp', ['-a', ...packages], { cwd: root, stdio: 'inherit' });
  return folder;
}

/** Numbers of tests that failed, and that ran. */
function run(folder: string, tests: readonly string[], timeout: number): { failed: number; ran: number } {
  const report = path.join(folder, 'report.json');
  rmSync(report, { force: true });
  const args = ['vitest', 'run', '--reporter=json', `--outputFile=${report}`, ...tests];
  spawnSync('npx', args, { cwd: folder, stdio: 'ignore', timeout });
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
  const folder = copyOf(root, files);
  try {
    const tests = [...new Set(asked.flatMap((mutant) => mutant.tests))];
    const { failed, ran } = run(folder, tests, LONGEST_OF_ALL_MS);
    console.log(`unchanged  ${failed} of ${ran} tests failed`);
    if (ran === 0 || failed > 0) process.exitCode = 1;
    for (const mutant of asked) tryOut(mutant, fileOf(mutant, root, files), folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tryOut({ name, line, becomes, tests }: Mutant, file: string, folder: string): void {
  const place = path.join(folder, file);
  const whole = readFileSync(place, 'utf8');
  const lines = whole.split('\n').map((one) => (one.trim() === line ? becomes : one));
  writeFileSync(place, lines.join('\n'));
  const { failed, ran } = run(folder, tests, LONGEST_MS);
  writeFileSync(place, whole);
  const state = ran === 0 ? 'NOT RUN ' : failed > 0 ? 'dead    ' : 'SURVIVED';
  if (failed === 0) process.exitCode = 1;
  console.log(`${state}  ${name} (${failed} of ${ran} tests failed; ${file})`);
}

main(process.cwd(), process.argv.slice(2));
