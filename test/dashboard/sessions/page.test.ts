// GET /dashboard/sessions: what its address may ask for, and what it shows of live sessions and of loaded files.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadFile } from '../../../seed/load.ts';
import { newId } from '../../../src/events/ids.ts';
import { replicaFile } from '../../seed/support.ts';
import { anEvent } from '../../support/events.ts';
import { eventually, type Line, startLine } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';

const HALF_HOUR_MS = 1_800_000;

let line: Line;
beforeAll(async () => {
  line = await startLine({ live: true, timeZone: 'Asia/Tokyo' });
});

const page = async (query: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await request(line.url).get('/dashboard/sessions').query(query).expect(200)).text;
/** What each bar says, in their order. */
const barsOf = (html: string) =>
  [...html.matchAll(/<title>([^<]*) sessions<\/title>/g)].map(([, text]) => text);

describe('live sessions', { timeout: 120_000 }, () => {
  it('live sessions are sixteen bars, each leading to what began in it, and a visitor to why', async () => {
    const visitor = newId();
    const begin = Math.floor(Date.now() / HALF_HOUR_MS) * HALF_HOUR_MS - 4 * HALF_HOUR_MS;
    const times = [begin, begin + 5_000, begin + 2 * HALF_HOUR_MS];
    const events = times.map((time) => anEvent({ user_id: visitor, time: new Date(time).toISOString() }));
    await request(line.url).post('/api/events').send(events).expect(202);
    const from = new Date(begin).toISOString();
    const begun = await eventually(async () => {
      const html = await page({ from });
      return html.includes(visitor.slice(0, 8)) && html;
    });
    const bars = barsOf(begun);
    expect(bars).toHaveLength(16);
    expect(bars.filter((bar) => bar?.endsWith(': 1'))).toHaveLength(2);
    const tokyo = new Date(begin + 9 * 3_600_000).toISOString().slice(11, 16);
    expect(bars).toContain(`${tokyo}: 1`);
    expect(begun).toContain('1, by their beginning');
    expect(begun).toContain('<td>0:05</td><td>2</td>');
    const dashed = visitor.toUpperCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const explained = await page({ visitor: ` ${dashed} ` });
    expect(explained).toContain('new session 2');
    expect(explained).toContain(`value="${dashed}"`);
    expect(explained).not.toContain('aria-invalid');
  });

  it.each([
    ['a half hour that none begins with', { from: '2026-03-02T10:10:00.000Z' }],
    ['an instant that PostgreSQL has not', { from: '-271821-04-20T00:00:00.000Z' }],
    ['a day in its place', { from: '2026-03-02' }],
  ])('live sessions are shown without a list for %s', async (_, query) => {
    expect(await page(query)).not.toContain('id="begun"');
  });

  it('live sessions are shown without a list for an address that asks twice', async () => {
    const from = '2026-03-02T10:00:00.000Z';
    const { text } = await request(line.url).get(`/dashboard/sessions?from=${from}&from=${from}`).expect(200);
    expect(text).not.toContain('id="begun"');
    expect(await page({ from })).toContain('id="begun"');
  });

  it('live sessions of a visitor who is none, or whom nobody knows, are said to be so', async () => {
    const none = await page({ visitor: '<b>me</b>' });
    expect(none).toContain('“&lt;b&gt;me&lt;/b&gt;” is no id of a visitor');
    expect(none).toContain('aria-invalid="true"');
    expect(await page({ visitor: newId() })).toContain(
      'No event of this visitor is stored in the last eight days',
    );
    expect(await page()).not.toContain('No event of this visitor');
  });
});

describe('sessions of loaded files', { timeout: 240_000 }, () => {
  it('sessions of loaded files are none before one is loaded, and the page says how to', async () => {
    const html = await page({ source: 'dataset' });
    expect(html).toContain('npm run seed -- product.csv');
    expect(barsOf(html)).toEqual([]);
  });

  it('sessions of loaded files are those of the last day unless another is asked for, with the days beside it', async () => {
    await loadFile({ pool: line.pool, log: testLog, file: await replicaFile(30_000) });
    const last = await eventually(async () => {
      const html = await page({ source: 'dataset' });
      return !html.includes('are being found') && html.includes('day-choice') && html;
    });
    const dayOf = (html: string) => /name="day"[^>]*value="([\d-]+)"/.exec(html)?.[1];
    const { rows } = await line.pool.query<{ day: string }>(
      `SELECT (max(half_hour) AT TIME ZONE 'Asia/Tokyo')::date::text AS day FROM dataset_half_hours`,
    );
    expect(dayOf(last)).toBe(rows[0]?.day);
    expect(barsOf(last)).toHaveLength(48);
    const other = await page({ source: 'dataset', day: '2019-03-01' });
    expect(dayOf(other)).toBe('2019-03-01');
    expect(other).toContain('day=2019-02-28"');
    expect(other).toContain('day=2019-03-02"');
    expect(other).toMatch(/Friday,? 1 March 2019/);
    expect(other).toContain('Events in a session');
    for (const day of ['2019-02-30', '0000-01-01', 'today'])
      expect(dayOf(await page({ source: 'dataset', day }))).toBe(dayOf(last));
    for (const day of ['0001-01-01', '9999-12-31'])
      expect(dayOf(await page({ source: 'dataset', day }))).toBe(day);
  });

  it('sessions of loaded files have lists, and visitors whose events are those of the files', async () => {
    const query = { source: 'dataset', day: '2019-03-04' };
    const from =
      /href="[^"]*from=(2019[^"#]*)#begun" aria-label="[^"]*: [1-9]/.exec(await page(query))?.[1] ?? '';
    const html = await page({ ...query, from: decodeURIComponent(from) });
    const visitor = /visitor=([0-9a-f]{32})/.exec(html)?.[1] ?? '';
    expect(visitor).not.toBe('');
    expect(await page({ ...query, visitor })).toContain('first event: session 1');
    expect(await page({ visitor })).toContain('No event of this visitor is stored in the last eight days');
  });
});
