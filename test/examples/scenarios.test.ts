// The scenarios that come along: each plan is what its `expect:` says, whenever it is run.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import { readOptions } from '../../src/simulator/options.ts';
import { planOf } from '../../src/simulator/plan.ts';
import { unmetExpectations } from '../../src/simulator/report.ts';
import { Tally } from '../../src/simulator/tally.ts';

const FOLDER = path.join(packageRoot, 'examples', 'scenarios');

describe.each(readdirSync(FOLDER))('%s', (name) => {
  it.each([0, 1_800_000_000_123])('a scenario comes to what it expects, from %i on', (now) => {
    const options = readOptions({}, path.join(FOLDER, name), now);
    const tally = new Tally();
    for (const send of planOf(options)) tally.add(send);
    expect(unmetExpectations(options, tally)).toEqual([]);
    for (const { fault } of options.faults) expect(tally.faults.get(fault) ?? 0).toBeGreaterThan(10);
  });
});
