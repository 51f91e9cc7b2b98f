import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GivenOptions, readOptions } from '../../src/simulator/options.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW = Date.parse('2026-03-02T09:00:00.000Z');
const read = (given: GivenOptions) => readOptions(given, undefined, NOW);

function scenario(text: string): string {
  const file = path.join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the options of a run', () => {
  it.each<[GivenOptions, string]>([
    [{ users: 0 }, 'users: received 0, expected a whole number from 1 to 1000000'],
    [{ rate: 'fast' }, 'rate: received "fast", expected events a second, as 5 or 0.5, or max'],
    [{ rate: '0' }, 'rate: received "0"'],
    [{ rate: '-1' }, 'rate: received "-1"'],
    [{ duration: '10' }, 'duration: received "10", expected a time as 30s, 10m or 2h'],
    [{ duration: 'soon' }, 'duration: received "soon"'],
    [{ duration: '0s' }, 'duration: received "0s", expected more than 0'],
    [{ seed: -1 }, 'seed: received -1'],
    [{ persona: 'nobody' }, 'persona: received "nobody", expected'],
    [{ target: 'ftp' }, 'target: received "ftp", expected http or kafka'],
    [{ curve: 'round' }, 'curve: received "round", expected flat or week'],
    [{ chaos: 'lates=5%' }, 'chaos: received "lates=5%", expected name=share with late'],
    [{ chaos: 'late=500%' }, 'share: received "500%", expected a share, as 5% or 0.05'],
    [{ chaos: 'late' }, 'chaos: received "late"'],
    [{ chaos: 'late=5%@soon' }, 'chaos: received "soon"'],
  ])('%j are refused by their name', (given, words) => {
    expect(() => read(given)).toThrow(words);
  });

  it('the options of a run come from a scenario, and the command line wins', () => {
    const file = scenario(
      'users: 10\nrate: 5\nseed: 9\nduration: 1m\ntimeline:\n  - { at: 10s, fault: late, share: 10%, for: 30s }\nexpect: { rejected: 0 }\n',
    );
    expect(readOptions({ seed: 3 }, file, NOW)).toMatchObject({
      users: 10,
      rate: 5,
      seed: 3,
      duration: 60_000,
      faults: [{ fault: 'late', share: 0.1, from: 10_000, until: 40_000 }],
      expect: { rejected: 0 },
    });
  });

  it('the options of a run have the faults of the command line before those of the scenario', () => {
    const file = scenario('timeline:\n  - { fault: late, share: 10% }\n  - { at: 2s, kill: ingest }\n');
    const chaos = { faults: [{ fault: 'duplicate' }], system: [{ at: 9_000, fault: { part: 'web' } }] };
    expect(readOptions({ chaos: 'kill=web@9s,duplicate=1%' }, file, NOW)).toMatchObject({
      faults: [...chaos.faults, { fault: 'late' }],
      system: [...chaos.system, { at: 2_000, fault: { part: 'ingest' } }],
      chaos,
    });
  });

  it('the options of a run are without shoppers where a scenario says so, and never by the command line alone', () => {
    const file = scenario('users: 0\ntimeline:\n  - { visits: [1, 1] }\n');
    expect(readOptions({}, file, NOW).users).toBe(0);
    expect(readOptions({ users: 5 }, file, NOW).users).toBe(5);
    expect(() => readOptions({ users: 0 }, scenario('users: 5'), NOW)).toThrow('users: received 0, expected');
  });
});
