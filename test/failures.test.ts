// docs/failures.md says of each failure which test shows it.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../src/runtime/paths.ts';

it('the tests that the table of failures names are there', () => {
  const rows = readFileSync(path.join(packageRoot, 'docs', 'failures.md'), 'utf8').match(/^\|.*\|$/gm) ?? [];
  const named = rows.flatMap((row) =>
    [...(row.split('|').at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
  const isThere = (name: string) =>
    ['test', 'whole.test'].some((kind) => existsSync(path.join(packageRoot, 'test', `${name}.${kind}.ts`)));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !isThere(name))).toEqual([]);
});
