// What simulated shoppers do is marked, from the page that they open to the sessions that they come to; the filter leaves it out
// of each panel, of what is behind its numbers, and of the stream.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { AT_ONCE } from '../../src/consumer/pace.ts';
import type { PanelsAnswer } from '../../src/dashboard/live/answer.ts';
import { SIMULATED_HEADER, simulatedHeader } from '../../src/enrichment/simulated.ts';
import { startLive } from '../../src/live/part.ts';
import { readSecret } from '../../src/site/secret.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { testLog } from '../support/log.ts';
import { readStream } from '../support/sse.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0';
const ADDRESS = '141.20.1.2';
/** Visitors: those of the collector click, and one of each kind opens the front page. */
const CLICKS = { simulated: 3, real: 2 };

const click = (simulated: boolean) =>
  anEvent({
    product: 'clothes',
    context: {
      user_agent: FIREFOX,
      item: 'linen-shirt',
      gender: 'M',
      age: 40,
      ...(simulated ? { simulated } : {}),
    },
  });
const [made, real] = [click(true), click(false)];

let line: Line;
beforeAll(async () => {
  line = await startLine();
  const live = await startLive(line.config, testLog, AT_ONCE);
  const events = [made, real, click(true), click(true), click(false)];
  await request(line.url).post('/api/events').send(events).expect(202);
  const visit = (header: string) =>
    request(line.url).get('/').set('User-Agent', FIREFOX).set(SIMULATED_HEADER, header).expect(200);
  await visit(simulatedHeader(readSecret(line.config.DATA_DIR), ADDRESS));
  await visit(simulatedHeader('a guess', ADDRESS));
  await eventually(async () => {
    const { rows } = await line.pool.query<{ events: number; moves: number }>(
      `SELECT (SELECT coalesce(sum(events), 0)::int FROM sessions) AS events,
         (SELECT count(*)::int FROM behaviour_log) AS moves`,
    );
    return rows[0]?.events === events.length + 2 && rows[0].moves === events.length;
  });
  return () => live.close();
});

const get = async (path: string) => (await request(line.url).get(path).expect(200)).body;
const sum = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((all, row) => all + of(row), 0);

describe.each([
  ['include', CLICKS.simulated + CLICKS.real, CLICKS.simulated + CLICKS.real + 2],
  ['exclude', CLICKS.real, CLICKS.real + 1],
  ['only', CLICKS.simulated, CLICKS.simulated + 1],
])('simulated=%s', (simulated, clicks, visitors) => {
  const countsOf = ({
    visitors: bars,
    sessions,
    devices,
    pages,
    categories,
    raw,
    latest,
    log,
  }: PanelsAnswer) => ({
    events: sum(bars, (bar) => bar.events),
    sessions: sum(sessions, (bar) => bar.sessions),
    devices: sum(devices, (row) => row.people),
    pages: sum(pages, (row) => row.count),
    categories: sum(categories, (row) => row.count),
    raw: raw.length,
    latest: latest.length,
    log: log.length,
  });
  const expected = {
    events: visitors,
    sessions: visitors,
    devices: visitors,
    pages: clicks,
    categories: clicks,
    raw: visitors,
    latest: visitors,
    log: clicks,
  };

  it('every panel counts what the filter of simulated visitors leaves, now, as of now, and on the stream', async () => {
    expect(countsOf(await get(`/api/live/panels?simulated=${simulated}`))).toEqual(expected);
    const at = new Date().toISOString();
    expect(countsOf(await get(`/api/live/panels?simulated=${simulated}&at=${at}`))).toEqual(expected);
    const stream = readStream<PanelsAnswer>(`${line.url}/api/live/panels/stream?simulated=${simulated}`);
    expect(countsOf(await stream.until('panels', () => true))).toEqual(expected);
  });

  it('the rows behind a number are what the filter of simulated visitors leaves', async () => {
    const behind = async (panel: string, of: string) => {
      const query = new URLSearchParams({ of, simulated, count: 'events' });
      return (await get(`/api/live/panels/${panel}/behind?${query}`)).rows as { user_id: string }[];
    };
    expect(await behind('categories', 'clothes')).toHaveLength(clicks);
    expect(await behind('pages', 'clothes/linen-shirt')).toHaveLength(clicks);
    expect(await behind('devices', 'desktop')).toHaveLength(visitors);
    const panels: PanelsAnswer = await get(`/api/live/panels?simulated=${simulated}`);
    const bars = panels.sessions.filter(({ sessions }) => sessions > 0);
    const sessions = (await Promise.all(bars.map(({ from }) => behind('sessions', from)))).flat();
    expect(sessions).toHaveLength(visitors);
    const has = ({ user_id }: { user_id: string }) => sessions.some((row) => row.user_id === user_id);
    expect({ made: has(made), real: has(real) }).toEqual({
      made: simulated !== 'exclude',
      real: simulated !== 'only',
    });
  });
});

describe('an event’s page', () => {
  it('an event’s page says that a simulated shopper did it, and says it of nobody else', async () => {
    const badge = '<strong>Simulated</strong>';
    const page = async (id: string) => (await request(line.url).get(`/events/${id}`).expect(200)).text;
    expect(await page(made.order_id)).toContain(badge);
    expect(await page(real.order_id)).not.toContain(badge);
  });

  it('an event’s page is marked by the shop itself where a shopper of the simulator opens a page, and for no forged header', async () => {
    const { rows } = await line.pool.query<{ simulated: boolean; n: number }>(
      `SELECT is_simulated(context) AS simulated, count(*)::int AS n FROM events WHERE title = 'banner_show' GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { simulated: false, n: 1 },
      { simulated: true, n: 1 },
    ]);
  });
});
