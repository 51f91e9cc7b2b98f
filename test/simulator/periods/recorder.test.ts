// When faults ran, as the API tells charts: from their beginning to their end, also where nobody ended them.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/kafka/outbox.ts';
import { Publisher } from '../../../src/kafka/publisher.ts';
import { Actions } from '../../../src/pipeline/actions.ts';
import { ExpectationError } from '../../../src/runtime/expectation-error.ts';
import { FaultRecorder } from '../../../src/simulator/periods/recorder.ts';
import { beginPeriod, readPeriods } from '../../../src/simulator/periods/store.ts';
import { eventually, type Line, startLine, temporaryFolder } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';
import { readStream } from '../../support/sse.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
});

type Row = { source: string; fault: string; share: number | null; from: string; to: string | null };
const rows = async (): Promise<Row[]> => (await request(line.url).get('/api/faults').expect(200)).body.rows;
const named = async (fault: string) => (await rows()).filter((row) => row.fault === fault);

describe('the period of a fault', () => {
  it('the period of a fault of a run begins and ends when the run has it', async () => {
    const recorder = new FaultRecorder(line.pool, testLog);
    const start = Date.now();
    const end = recorder.follow(
      [
        { fault: 'late', share: 0.25, from: 0, until: 300 },
        { fault: 'duplicate', share: 0.5, from: 0, until: Number.POSITIVE_INFINITY },
        { fault: 'malformed', share: 0.5, from: 3_600_000, until: Number.POSITIVE_INFINITY },
      ],
      start,
    );
    const [late] = await eventually(async () => {
      const found = await named('late');
      return found[0]?.to != null && found;
    });
    expect(late).toMatchObject({ source: 'simulator', share: 0.25, from: new Date(start).toISOString() });
    expect(Date.parse(late?.to ?? '')).toBeGreaterThanOrEqual(start + 300);
    expect(await named('duplicate')).toMatchObject([{ to: null }]);
    await end();
    expect(await named('duplicate')).toMatchObject([{ to: expect.any(String) }]);
    expect(await named('malformed')).toEqual([]);
  });

  it('the period of a fault ends by itself where its process was killed', async () => {
    const recorder = new FaultRecorder(line.pool, testLog);
    const now = Date.now();
    const stop = recorder.follow(
      [{ fault: 'bot-surge', share: 1, from: 0, until: Number.POSITIVE_INFINITY }],
      now,
    );
    await eventually(async () => (await named('bot-surge')).length === 1);
    const at = (ms: number) => readPeriods(line.pool, new Date(now), new Date(now + ms), new Date(now + ms));
    const running = async (ms: number) =>
      (await at(ms)).find(({ fault }) => fault === 'bot-surge')?.to === null;
    expect(await running(5_000)).toBe(true);
    expect(await running(60_000)).toBe(false);
    await stop();
  });

  it('the period of a fault of the pipe lasts until it is healed, replaced or over, and is not there where it was refused', async () => {
    const outbox = new Outbox(temporaryFolder(), 1_000_000);
    const publisher = new Publisher(line.kafka, line.config.KAFKA_TOPIC, outbox, testLog);
    let refuses = false;
    const control = async () => {
      if (refuses) throw new ExpectationError('not now');
      return { parts: [], faults: [] };
    };
    const actions = new Actions(publisher, control, new FaultRecorder(line.pool, testLog));
    const slow = { do: 'fault', target: 'kafka', kind: 'slow', ms: 400, seconds: 60 } as const;
    await actions.act(slow);
    expect(await named('kafka slow')).toMatchObject([{ source: 'pipeline', share: null, to: null }]);
    await actions.act({ ...slow, kind: 'cut' });
    expect(await named('kafka slow')).toMatchObject([{ to: expect.any(String) }]);
    expect(await named('kafka cut')).toMatchObject([{ to: null }]);
    await actions.act({ do: 'pause', part: 'ingest', seconds: 20 });
    refuses = true;
    await expect(actions.act({ do: 'pause', part: 'ingest', seconds: 20 })).rejects.toThrow('not now');
    refuses = false;
    await eventually(async () => (await named('ingest paused')).length === 1);
    expect(await named('ingest paused')).toMatchObject([{ to: null }]);
    await actions.act({ do: 'resume', part: 'ingest' });
    expect(await named('ingest paused')).toMatchObject([{ to: expect.any(String) }]);
    expect(await named('kafka cut')).toMatchObject([{ to: null }]);
    await actions.act({ do: 'kill', part: 'live' });
    expect(await named('live killed')).toMatchObject([{ source: 'pipeline', share: null }]);
    await actions.act({ do: 'heal' });
    expect((await rows()).every(({ to }) => to !== null)).toBe(true);

    actions.hideFaults(true);
    await actions.act({ ...slow, kind: 'silent' });
    expect(await named('kafka silent')).toEqual([]);
    actions.close();
    await publisher.close();
  });

  it('the period of a fault is told to open dashboards as it begins', async () => {
    for (const path of ['/api/live', '/api/live/panels/stream']) {
      const stream = readStream(`${line.url}${path}`);
      await stream.until(path === '/api/live' ? 'today' : 'panels', () => true);
      const now = new Date();
      const ends = new Date(now.getTime() + 1_000);
      await beginPeriod(line.pool, { source: 'pipeline', fault: 'told', share: null, began: now, ends });
      await stream.until('faults', () => true);
      stream.close();
    }
  });
});
