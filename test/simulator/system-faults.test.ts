// What a scenario does to the pipe: read beside the shoppers' own faults, done at its time by the shop's API.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/simulator/options.ts';
import { playSystemFaults } from '../../src/simulator/system-faults.ts';
import { startLine, temporaryFolder } from '../support/line.ts';

const TIMELINE = `timeline:
  - { at: 1s, fault: late, share: 10% }
system:
  - { at: 100ms, disturb: outbox, how: full, for: 60s }
  - { at: 2s, kill: ingest }
  - { at: 3s, pause: broker, for: 5s }
`;

function optionsOf(text: string) {
  const file = path.join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, text);
  return readOptions({}, file, Date.now());
}

describe('system faults of a scenario', () => {
  it('are read beside the faults of shoppers', () => {
    const { faults, system } = optionsOf(TIMELINE);
    expect(faults).toMatchObject([{ fault: 'late', share: 0.1, from: 1_000 }]);
    expect(system?.map(({ at, words }) => [at, words])).toEqual([
      [100, 'outbox full'],
      [2_000, 'kill ingest'],
      [3_000, 'pause broker'],
    ]);
  });

  it.each([
    ['{ kill: ingest, share: 10% }', 'system.0'],
    ['{ disturb: disk, how: slow, for: 1s }', 'system.0'],
    ['{ pause: ingest, for: soon }', 'for: received "soon"'],
  ])('that can not be are told: %s', (step, words) => {
    expect(() => optionsOf(`system:\n  - ${step}\n`)).toThrow(words);
  });

  it('are done by the shop, and what it refuses is told', async () => {
    const line = await startLine({ ingest: false });
    const { system = [] } = optionsOf(TIMELINE);
    const refused = await playSystemFaults(system, line.url, undefined, new AbortController().signal);
    // The web part runs alone here: nobody keeps the other parts.
    expect(refused).toHaveLength(2);
    expect(refused[0]).toContain('kill ingest was not done: the web part runs alone');
    const { faults } = (await (await fetch(`${line.url}/api/pipeline`)).json()) as { faults: unknown[] };
    expect(faults).toMatchObject([{ target: 'outbox', kind: 'full' }]);
  });
});
