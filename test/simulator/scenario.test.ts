import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenario, timelineOf } from '../../src/simulator/scenario.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function scenario(text: string): string {
  const file = path.join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, text);
  return file;
}

describe('a scenario', () => {
  it('a scenario that says nothing has an empty timeline, and leaves every option to the run', () => {
    const read = readScenario(scenario('title: Nothing\n'));
    expect(read).toEqual({ title: 'Nothing', timeline: [], expect: {} });
    expect(timelineOf(read)).toEqual({ faults: [], system: [], visits: [], readers: [] });
  });

  it('a scenario has in its timeline faults of events and of the system, visits and readers, each at its time', () => {
    const file = scenario(`rate: 5
timeline:
  - { at: 1s, fault: late, share: 10% }
  - { at: 1s, fault: duplicate, share: 0.5, for: 2s }
  - { at: 100ms, disturb: outbox, how: full, for: 60s }
  - { at: 2s, kill: ingest }
  - { at: 3s, pause: broker, for: 5s }
  - { at: 4s, disturb: postgres, how: slow, late: 1s, for: 5s }
  - { visits: [5, 3] }
  - { at: 6s, readers: 2 }
`);
    const read = readScenario(file);
    expect(read.rate).toBe('5');
    expect(timelineOf(read)).toEqual({
      faults: [
        { fault: 'late', share: 0.1, from: 1_000, until: Number.POSITIVE_INFINITY },
        { fault: 'duplicate', share: 0.5, from: 1_000, until: 3_000 },
      ],
      system: [
        { at: 100, fault: { do: 'fault', target: 'outbox', kind: 'full', seconds: 60 } },
        { at: 2_000, fault: { do: 'kill', part: 'ingest' } },
        { at: 3_000, fault: { do: 'pause', part: 'broker', seconds: 5 } },
        { at: 4_000, fault: { do: 'fault', target: 'postgres', kind: 'slow', ms: 1_000, seconds: 5 } },
      ],
      visits: [{ at: 0, least: 3, most: 5 }],
      readers: [{ at: 6_000, readers: 2 }],
    });
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
    const file = scenario(text);
    expect(() => readScenario(file)).toThrow(words);
    expect(() => readScenario(file)).toThrow(file);
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
    expect(() => readScenario(file)).toThrow(words);
    expect(() => readScenario(file)).toThrow(file);
  });
});
