// What is done to the pipe at its time: by whoever does it, and by the API of a shop.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ExpectationError } from '../../src/runtime/expectation-error.ts';
import {
  actAt,
  disturbanceOf,
  fillsOutbox,
  playSystemFaults,
  type SystemFault,
  wordsOf,
} from '../../src/simulator/system-faults.ts';
import { afterFile } from '../support/after-file.ts';
import { startLine } from '../support/line.ts';
import { freePort } from '../support/ports.ts';

const KILL: SystemFault = { do: 'kill', part: 'ingest' };
const PAUSE: SystemFault = { do: 'pause', part: 'broker', seconds: 5 };
const FULL = disturbanceOf('outbox', 'full', 400, 60);
const SLOW = disturbanceOf('kafka', 'slow', 800, 5);
const never = () => new AbortController().signal;

describe('system faults', () => {
  it('system faults have a name each, and one of them leaves the shop no room', () => {
    expect([KILL, PAUSE, FULL, SLOW].map(wordsOf)).toEqual([
      'kill ingest',
      'pause broker',
      'outbox full',
      'kafka slow',
    ]);
    expect([KILL, PAUSE, FULL, SLOW].map(fillsOutbox)).toEqual([false, false, true, false]);
  });

  it.each([
    ['outbox', 'cut'],
    ['kafka', 'full'],
    ['disk', 'slow'],
  ])('system faults that a target does not have are refused: %s %s', (target, kind) => {
    expect(() => disturbanceOf(target, kind, 400, 1)).toThrow(
      `received ${target} ${kind}, expected kafka or`,
    );
  });

  it('system faults are done in the order of their times', async () => {
    const done: SystemFault[] = [];
    const steps = [
      { at: 60, fault: FULL },
      { at: 0, fault: KILL },
      { at: 30, fault: PAUSE },
    ];
    expect(await playSystemFaults(steps, async (fault) => done.push(fault), never())).toEqual([]);
    expect(done).toEqual([KILL, PAUSE, FULL]);
  });

  it('system faults that can’t be done yet are tried until they can', async () => {
    let tries = 0;
    const act = async () => {
      tries += 1;
      if (tries < 3) throw new ExpectationError('ingest is being started');
    };
    expect(await playSystemFaults([{ at: 0, fault: KILL }], act, never())).toEqual([]);
    expect(tries).toBe(3);
  });

  it('system faults that can’t be done at all are tried once, and told with the reason', async () => {
    let tries = 0;
    const act = async () => {
      tries += 1;
      throw new Error('nobody keeps the parts');
    };
    expect(await playSystemFaults([{ at: 0, fault: KILL }], act, never())).toEqual([
      'kill ingest was not done: nobody keeps the parts',
    ]);
    expect(tries).toBe(1);
  });

  it('system faults that come too late for the run are told, with what kept them from being done', async () => {
    const over = new AbortController();
    const act = async () => {
      over.abort();
      throw new ExpectationError('ingest is being started');
    };
    const steps = [
      { at: 0, fault: KILL },
      { at: 60_000, fault: PAUSE },
    ];
    expect(await playSystemFaults(steps, act, over.signal)).toEqual([
      'kill ingest was not done: ingest is being started',
      'pause broker was not done: the run ended first',
    ]);
  });
});

describe('a shop', () => {
  it('a shop does what it can, and what it refuses is told', async () => {
    const line = await startLine({ ingest: false });
    const steps = [FULL, KILL, PAUSE].map((fault) => ({ at: 0, fault }));
    const notDone = await playSystemFaults(steps, actAt(line.url, undefined), never());
    // The web part runs alone here: nobody keeps the other parts.
    expect(notDone).toEqual([
      expect.stringContaining('kill ingest was not done: the web part runs alone'),
      expect.stringContaining('pause broker was not done: the web part runs alone'),
    ]);
    const { faults } = (await (await fetch(`${line.url}/api/pipeline`)).json()) as { faults: unknown[] };
    expect(faults).toMatchObject([{ target: 'outbox', kind: 'full' }]);
  });

  it('a shop is asked with the password, and what it can’t do now can be tried again', async () => {
    const asked: unknown[] = [];
    const server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        asked.push([req.url, req.headers.authorization, JSON.parse(body)]);
        res.writeHead(409, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ error: { message: 'kafka is being started' } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterFile(() => server.close());
    const act = actAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'secret');
    await expect(act(SLOW)).rejects.toThrow(new ExpectationError('kafka is being started'));
    await expect(act(KILL)).rejects.toThrow(ExpectationError);
    const login = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
    expect(asked).toEqual([
      ['/api/pipeline/faults', login, { target: 'kafka', kind: 'slow', ms: 800, seconds: 5 }],
      ['/api/pipeline/parts/ingest/kill', login, {}],
    ]);
  });

  it('a shop that is being started can be tried again, and one that is killed by its answer has done it', async () => {
    const away = actAt(`http://127.0.0.1:${await freePort()}`, undefined);
    await expect(away(KILL)).rejects.toThrow(ExpectationError);
    const server = createServer((req) => req.socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterFile(() => server.close());
    const dying = actAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
    await expect(dying({ do: 'kill', part: 'web' })).resolves.toBeUndefined();
    await expect(dying(KILL)).rejects.not.toThrow(ExpectationError);
  });
});
