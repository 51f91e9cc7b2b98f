// The definitions that ship as examples: each is without a fault, and each passes the tests that it carries.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../src/aggregator/definition/read.ts';
import { runTests } from '../../src/aggregator/definition/virtual-run.ts';
import { packageRoot } from '../../src/runtime/paths.ts';

const folder = path.join(packageRoot, 'examples', 'aggregator');

describe('the examples', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const definition = readDefinition(readFileSync(path.join(folder, file), 'utf8'), file);
    for (const { name, failures } of runTests(definition))
      it(`${definition.name}: ${name}`, () => expect(failures).toEqual([]));
  }
});
