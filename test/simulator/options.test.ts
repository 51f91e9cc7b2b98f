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
    [{ duration: '0s' }, 'duration: received "0s", expected longer than that'],
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

  it('the options of a run have the system faults, the visits and the readers of a scenario beside the faults of events', () => {
    const file = scenario(`timeline:
  - { at: 1s, fault: late, share: 10% }
  - { at: 100ms, disturb: outbox, how: full, for: 60s }
  - { at: 2s, kill: ingest }
  - { at: 3s, pause: broker, for: 5s }
  - { at: 4s, disturb: postgres, how: slow, late: 1s, for: 5s }
  - { visits: [5, 3] }
  - { at: 6s, readers: 2 }
`);
    const full = { do: 'fault', target: 'outbox', kind: 'full', seconds: 60 };
    const kill = { do: 'kill', part: 'ingest' };
    const options = readOptions({ chaos: 'kill=web@9s,duplicate=1%' }, file, NOW);
    expect(options).toMatchObject({
      faults: [{ fault: 'duplicate' }, { fault: 'late', share: 0.1, from: 1_000 }],
      system: [
        { at: 9_000, fault: { do: 'kill', part: 'web' } },
        { at: 100, fault: full },
        { at: 2_000, fault: kill },
        { at: 3_000, fault: { do: 'pause', part: 'broker', seconds: 5 } },
        { at: 4_000, fault: { do: 'fault', target: 'postgres', kind: 'slow', ms: 1_000, seconds: 5 } },
      ],
      visits: [{ at: 0, least: 3, most: 5 }],
      readers: [{ at: 6_000, readers: 2 }],
      chaos: { faults: [{ fault: 'duplicate' }], system: [{ fault: { part: 'web' } }] },
    });
  });

  it('the options of a run are without shoppers where a scenario says so, and never by the command line alone', () => {
    const file = scenario('users: 0\ntimeline:\n  - { visits: [1, 1] }\n');
    expect(readOptions({}, file, NOW).users).toBe(0);
    expect(readOptions({ users: 5 }, file, NOW).users).toBe(5);
    expect(() => readOptions({ users: 0 }, scenario('users: 5'), NOW)).toThrow('users: received 0, expected');
  });

  it.each([
    ['timeline:\n  - { kill: ingest, share: 10% }', 'timeline.0: received'],
    ['timeline:\n  - { kill: nobody }', 'timeline.0.kill: received "nobody", expected postgres, broker'],
    ['timeline:\n  - { disturb: disk, how: slow, for: 1s }', 'timeline.0.disturb: received "disk"'],
    [
      'timeline:\n  - { disturb: kafka, how: full, for: 1s }',
      'received kafka full, expected kafka or postgres',
    ],
    ['timeline:\n  - { pause: ingest }', 'timeline.0.for: received nothing'],
    ['timeline:\n  - { pause: ingest, for: soon }', 'for: received "soon"'],
    ['timeline:\n  - { readers: 9 }', 'timeline.0.readers: received 9, expected at most 6'],
    ['timeline:\n  - { visits: 5 }', 'timeline.0.visits: received 5, expected a list'],
  ])('a step of a scenario that can’t be is told: %j', (text, words) => {
    expect(() => readOptions({}, scenario(text), NOW)).toThrow(words);
  });

  it.each([
    ['colour: red', 'no field named colour'],
    ['users: many', 'users: received "many"'],
    ['timeline:\n  - { fault: never, share: 1% }', 'timeline.0.fault: received "never"'],
    ['timeline: 5', 'timeline: received 5'],
    ['- a list', 'a JSON object'],
    ['a: [', "which can't be read"],
  ])('the scenario %j is refused by its file', (text, words) => {
    const file = scenario(text);
    expect(() => readOptions({}, file, NOW)).toThrow(words);
    expect(() => readOptions({}, file, NOW)).toThrow(file);
  });
});
