// A scenario played on the real line: what its timeline says beside the shoppers, or without any.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusterOf } from '../../src/connections.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { createKafka } from '../../src/kafka/client.ts';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';
import { readOptions } from '../../src/simulator/options.ts';
import { type Playing, playScenario } from '../../src/simulator/play.ts';
import { Readers } from '../../src/simulator/readers.ts';
import type { Act, SystemFault } from '../../src/simulator/system-faults.ts';
import { type Line, startLine, temporaryFolder } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { differences } from './simulate.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ live: true, settings: { RATE_LIMIT: 'off' } });
});

const placeOf = () => ({
  kafka: createKafka(clusterOf(line.config), 'test-play', testLog),
  topic: line.config.KAFKA_TOPIC,
  dataDir: line.config.DATA_DIR,
  shop: line.url,
  secret: undefined,
  log: testLog,
});

function play(text: string, playing: Partial<Playing> = {}, signal = new AbortController().signal) {
  const file = path.join(temporaryFolder(), 'scenario.yaml');
  writeFileSync(file, text);
  const act: Act = async () => {};
  return playScenario(readOptions({}, file, Date.now()), placeOf(), signal, { act, ...playing });
}

describe('a scenario without shoppers', { timeout: 120_000 }, () => {
  it.each(['http', 'kafka'])(
    'a scenario without shoppers sends its visits, lasts as long as it says, and is counted: %s',
    async (target) => {
      const visited: ShopEvent[] = [];
      const began = Date.now();
      const { tally, file, notDone } = await play(
        `users: 0\nduration: 1500ms\ntarget: ${target}\nseed: ${target.length}\ntimeline:\n  - { visits: [4, 4] }\n`,
        { visited: (event) => visited.push(event) },
      );
      expect(Date.now() - began).toBeGreaterThanOrEqual(1_500);
      expect(tally.sends).toBe(4);
      expect(notDone).toEqual([]);
      if (target === 'http') expect(new Set(visited.map(({ user_id }) => user_id)).size).toBe(1);
      expect(visited).toHaveLength(target === 'http' ? 4 : 0);
      expect(await differences(line, file ?? '')).toEqual([]);
    },
  );

  it('a scenario without shoppers has its readers in a group of their own, for whoever looks at them afterwards', async () => {
    const readers = new Readers(placeOf().kafka, line.config.KAFKA_TOPIC);
    const scenario = 'users: 0\nduration: 3s\ntimeline:\n  - { readers: 1 }\n  - { at: 1s, readers: 2 }\n';
    const admin = placeOf().kafka.admin();
    await admin.connect();
    try {
      expect((await play(scenario, { readers })).notDone).toEqual([]);
      const { groups } = await admin.describeGroups([readers.group]);
      expect(groups[0]?.members).toHaveLength(2);
    } finally {
      await readers.close();
      await admin.disconnect();
    }
  });
});

describe('a scenario that breaks the pipe', { timeout: 120_000 }, () => {
  const SCENARIO = `users: 20
rate: 10
duration: 2s
timeline:
  - { kill: ingest }
  - { at: 500ms, disturb: outbox, how: full, for: 1s }
  - { at: 1m, pause: broker, for: 1s }
`;

  it('a scenario that breaks the pipe does what its timeline says while shoppers come, and tells what it did not', async () => {
    const done: SystemFault[] = [];
    let isThere = false;
    const act: Act = async (fault) => {
      // As a part that is being started.
      if (!isThere && fault.do === 'kill') {
        isThere = true;
        throw new ExpectationError('not now');
      }
      done.push(fault);
    };
    const { tally, notDone } = await play(SCENARIO, { act });
    expect(tally.sends).toBeGreaterThan(0);
    expect(new Set(done)).toEqual(
      new Set([
        { do: 'kill', part: 'ingest' },
        { do: 'fault', target: 'outbox', kind: 'full', seconds: 1 },
      ]),
    );
    expect(notDone).toEqual(['pause broker was not done: the run ended first']);
  });

  it('a scenario that breaks the pipe tells nothing of what it did not do where somebody has ended it', async () => {
    const stop = new AbortController();
    const { notDone } = await play(SCENARIO, { begun: () => stop.abort() }, stop.signal);
    expect(notDone).toEqual([]);
  });
});
