// Finds the file of a mutant's line.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Mutant } from './mutant-list.ts';

/** The repository's files. Mutants are looked for outside of the tests, and in the chaos test's judge. */
export function filesOf(root: string): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return files.filter((file) => existsSync(path.join(root, file)));
}

const isProduct = (file: string) =>
  /^(src|views|public|migrations|seed)\/|^test\/(chaos|support)\//.test(file);

/**
 * The one file that has the mutant's line; of migrations the last, whose function is the one in force.
 * @throws where none or several have it
 */
export function fileOf({ name, line }: Mutant, root: string, files: readonly string[]): string {
  const found = files.filter(isProduct).flatMap((file) =>
    readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .filter((one) => one.trim() === line)
      .map(() => file),
  );
  const file = found.toSorted().at(-1);
  const areMigrations = found.every((one) => one.startsWith('migrations/'));
  if (file === undefined || (found.length > 1 && !areMigrations))
    throw new Error(
      `${name}: found ${found.length} lines "${line}", expected one; mend scripts/mutant-list.ts`,
    );
  return file;
}
