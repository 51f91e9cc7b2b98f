// npm run mutants takes long: here only that its list still belongs to the program.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../scripts/mutant-list.ts';
import { fileOf } from '../../scripts/mutant-place.ts';
import { packageRoot } from '../../src/runtime/paths.ts';

describe('the list of mutants', () => {
  const folders = ['src', 'views', 'public', 'migrations', 'seed', 'test/chaos', 'test/support'];
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(packageRoot, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(packageRoot, path.join(entry.parentPath, entry.name))),
  );

  it.each(MUTANTS)('has a line of the program, and tests: $name', (mutant) => {
    expect(existsSync(path.join(packageRoot, fileOf(mutant, packageRoot, files)))).toBe(true);
    for (const test of mutant.tests) {
      const { dir, base } = path.parse(path.join(packageRoot, test));
      expect(readdirSync(dir).filter((name) => name.startsWith(base))).not.toEqual([]);
    }
  });
});
