// The wall clock of every process is set back by an hour while the program runs: durations are the monotonic clock's, so
// events are taken, stored once and shown, and the consumer group notices who lives and who does not.

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/runtime/paths.ts';
import type { Acknowledged } from '../chaos/load.ts';
import { isDrained, judge, NOTHING_WRONG } from '../chaos/verdict.ts';
import { killPart } from '../chaos/victims.ts';
import { openTestPool } from '../support/database.ts';
import { anEvent } from '../support/events.ts';
import { eventually, testKafka } from '../support/line.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { questionProblems } from '../support/recount-questions.ts';
import { readStream } from '../support/sse.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

const SESSION_MS = 10_000;
const SHIFTING = path.join(packageRoot, 'test', 'support', 'shifting-clock.mjs');

type Today = { readonly rows: readonly { readonly title: string; readonly count: number }[] };

describe('a clock that is set back by an hour', { timeout: 240_000 }, () => {
  it('a clock that is set back by an hour keeps no event from being stored once and shown, and no dead process in the group', async () => {
    const settings: Record<string, string> = {
      ...(await programSettings()),
      // So that an hour less is the same day.
      TIME_ZONE: zoneWhereItIsNoon(),
      NODE_OPTIONS: `--import=${SHIFTING}`,
    };
    const program = await startProgram(settings, LINE);
    const dataDir = settings.DATA_DIR ?? '';
    const pool = openTestPool(program.databaseUrl());
    const admin = testKafka(Number(settings.KAFKA_PORT)).admin();
    await admin.connect();
    const members = async () => (await admin.describeGroups(['shopstream-ingest'])).groups[0]?.members.length;
    const stream = readStream<Today>(`${program.url}/api/live`);
    let sent = 0;
    const acknowledged: Acknowledged = { events: new Map(), malformed: new Set(), rivals: [], sends: 0 };
    /** Sends an order of one person and a click of another, which have to be stored, shown and counted in a few seconds. */
    const order = async (seconds: number) => {
      const time = new Date(Date.now() - 1_000).toISOString();
      const [event, click] = [anEvent({ title: 'order', time }), anEvent({ title: 'banner_click', time })];
      await request(program.url).post('/api/events').send([event, click, event]).expect(202);
      sent += 1;
      for (const one of [event, click]) acknowledged.events.set(one.order_id, one);
      await eventually(() => isDrained(pool, acknowledged), seconds);
      // The sample may be loaded meanwhile: each question comes right in the end, and stays so.
      await eventually(async () => {
        const { body } = await request(program.url).get('/api/questions').expect(200);
        return !body.meta.counting && (await questionProblems(pool, body)).length === 0;
      }, seconds);
      await eventually(
        () =>
          stream
            .events('today')
            .some(({ rows }) => rows.some(({ title, count }) => title === 'order' && count === sent)),
        seconds,
      );
    };
    await order(30);
    for (const part of ['broker', 'ingest', 'web'] as const)
      expect(killPart(part, program.pid, dataDir, 'SIGUSR2')).toBe(true);
    await order(30);
    await sleep(SESSION_MS + 3_000);
    expect(await members()).toBe(1);
    await order(30);

    // It dies as the clock goes back once more: its session ends all the same, and the next one has the partitions.
    expect(killPart('ingest', program.pid, dataDir)).toBe(true);
    expect(killPart('broker', program.pid, dataDir, 'SIGUSR2')).toBe(true);
    await order(25);
    expect(await judge(pool, acknowledged)).toMatchObject({ ...NOTHING_WRONG, stored: 2 * sent });
    await admin.disconnect();
    expect(await program.stop()).toBe(0);
  });
});
