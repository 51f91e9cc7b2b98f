// The live panels of a real line: what is posted is counted, the same now, as of now, and after a restart of the process.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PanelsAnswer, Told } from '../../../src/dashboard/live/answer.ts';
import { PanelFeed } from '../../../src/dashboard/live/panel-feed.ts';
import { noCountries } from '../../../src/enrichment/country.ts';
import type { ShopEvent } from '../../../src/events/event.ts';
import { newId } from '../../../src/events/ids.ts';
import { USUAL } from '../../../src/events/whose.ts';
import { Streams } from '../../../src/http/sse.ts';
import { anEvent } from '../../support/events.ts';
import { eventually, type Line, startLine } from '../../support/line.ts';
import { testLog } from '../../support/log.ts';
import { readStream } from '../../support/sse.ts';
import { minuteNow, whileSame } from '../../support/while-same.ts';

const PHONE =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36';

let line: Line;
const visitor = newId();
const robot = newId();

let posted = 0;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const click = (changes: Partial<ShopEvent>): ShopEvent => anEvent({ user_id: visitor, ...changes });

async function post(events: readonly ShopEvent[]): Promise<void> {
  const answer = await fetch(`${line.url}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(answer.status).toBe(202);
}

type Behind = { readonly rows: readonly Readonly<Record<string, unknown>>[] };

const getJson = async (path: string): Promise<unknown> => (await fetch(`${line.url}${path}`)).json();
const get = (path: string) => getJson(path) as Promise<PanelsAnswer>;
const getBehind = (path: string) => getJson(`/api/live/panels/${path}`) as Promise<Behind>;
const total = ({ visitors }: PanelsAnswer) => visitors.reduce((sum, { events }) => sum + events, 0);

beforeAll(async () => {
  line = await startLine();
  posted = Date.now();
  await post([
    click({ time: ago(1_000), context: { item: 'fjord-jumper', user_agent: PHONE, ip: '8.8.8.8' } }),
    click({ time: ago(2_000), title: 'banner_show', context: { item: 'fjord-jumper', user_agent: PHONE } }),
    click({ time: ago(20 * 60_000), product: 'sneakers' }),
    click({ time: ago(69 * 60_000), product: 'electronics' }),
    anEvent({
      user_id: robot,
      time: ago(1_500),
      context: { bot: true, user_agent: 'bot', item: 'fjord-jumper' },
    }),
  ]);
  await eventually(async () => total(await get('/api/live/panels?robots=include')) === 3);
});

describe('/api/live/panels', () => {
  it('panels count what was stored, robots as is asked', async () => {
    const panels = await get('/api/live/panels');
    expect(panels.devices).toEqual([
      { device: 'desktop', people: 0 },
      { device: 'mobile', people: 1 },
      { device: 'tablet', people: 0 },
      { device: 'other', people: 0 },
    ]);
    expect(panels.pages).toEqual([
      { item: 'Unknown', product: 'sneakers', count: 1 },
      { item: 'fjord-jumper', product: 'clothes', count: 1 },
    ]);
    expect(panels.latest).toMatchObject([{ user_id: visitor, ip: '8.8.8.0', country: 'United States' }]);
    expect(panels.raw).toHaveLength(4);
    expect((await get('/api/live/panels?robots=only')).devices[3]).toEqual({ device: 'other', people: 1 });
  });

  it('panels are the same in a process that has just started, and as of now', async () => {
    const board = new PanelFeed(line.pool, new Streams(1), noCountries, testLog);
    await whileSame(minuteNow, async () => {
      const fresh = await board.answer({ ...USUAL, robots: 'include' });
      const asOf = await board.answerAt({ ...USUAL, robots: 'include' }, Date.now());
      const known = await get('/api/live/panels?robots=include');
      for (const { visitors, pages, categories, devices } of [fresh, asOf])
        expect({ visitors, pages, categories, devices }).toEqual({
          visitors: known.visitors,
          pages: known.pages,
          categories: known.categories,
          devices: known.devices,
        });
    });
    await board.close();
  });

  it('an answer as of an instant has only what had happened then', async () => {
    const at = new Date(posted - 9.5 * 60_000).toISOString();
    expect(await get(`/api/live/panels?at=${at}`)).toMatchObject({
      pages: [{ product: 'electronics' }, { item: 'Unknown', product: 'sneakers', count: 1 }],
      latest: [],
      meta: { as_of: at },
    });
  });

  it('the list behind a number has exactly its events', async () => {
    const { visitors, pages, devices } = await get('/api/live/panels');
    const at = new Date().toISOString();
    for (const { from, people, events } of visitors.slice(-3)) {
      const behind = (count: string) => getBehind(`visitors/behind?of=${from}&count=${count}&at=${at}`);
      expect((await behind('people')).rows).toHaveLength(people);
      expect((await behind('events')).rows).toHaveLength(events);
    }
    for (const { product, item, count } of pages)
      expect((await getBehind(`pages/behind?of=${product}/${item}`)).rows).toHaveLength(count);
    for (const { device, people } of devices)
      expect((await getBehind(`devices/behind?of=${device}`)).rows).toHaveLength(people);
    expect((await getBehind('categories/behind?of=clothes')).rows[0]).toMatchObject({
      user_id: visitor,
      item: 'fjord-jumper',
    });
  });

  it('a panel is given as CSV', async () => {
    const csv = await fetch(`${line.url}/api/live/panels?panel=pages&format=csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(await csv.text()).toBe('item,product,count\r\nUnknown,sneakers,1\r\nfjord-jumper,clothes,1\r\n');
  });

  it('a list has what its bar counted when it was asked for, without what came since', async () => {
    const { categories, meta } = await get('/api/live/panels');
    const counted = categories.find(({ product }) => product === 'sports_nutrition')?.count ?? 0;
    const before = new Date(Date.parse(meta.as_of) - 1_000).toISOString();
    await post([1, 2, 3].map(() => click({ time: before, product: 'sports_nutrition' })));
    const at = `categories/behind?of=sports_nutrition&at=${meta.as_of}`;
    await eventually(async () => (await getBehind(at)).rows.length === counted + 3);
    expect((await getBehind(`${at}&counted=${meta.counted}`)).rows).toHaveLength(counted);
    const visitors = `visitors/behind?of=${before.slice(0, 16)}:00.000Z&count=events&at=${meta.as_of}`;
    const [all, those] = [await getBehind(visitors), await getBehind(`${visitors}&counted=${meta.counted}`)];
    expect(all.rows.length - those.rows.length).toBe(3);
  });

  it('an answer says up to which offset of each partition events are counted, now and as of an instant', async () => {
    const offsets = async (query = '') => {
      const { meta, raw } = await get(`/api/live/panels${query}`);
      for (const { partition, offset } of raw)
        expect(BigInt(offset)).toBeLessThan(BigInt(meta.offsets[partition] ?? 0));
      return Object.values(meta.offsets).reduce((sum, offset) => sum + Number(offset), 0);
    };
    const before = await offsets();
    await post([click({ time: ago(0) }), click({ time: ago(0) })]);
    await eventually(async () => (await offsets()) === before + 2);
    expect(await offsets(`?at=${new Date().toISOString()}`)).toBe(before + 2);
  });

  it.each([
    '/api/live/panels?at=yesterday',
    '/api/live/panels?at=1999-01-01T00:00:00Z',
    '/api/live/panels?at=2098-01-01T00:00:00Z',
    '/api/live/panels?panel=none',
    '/api/live/panels?format=csv',
    '/api/live/panels/none/behind?of=x',
    '/api/live/panels/raw/behind?of=x',
    '/api/live/panels/visitors/behind?of=now',
    '/api/live/panels/visitors/behind?of=2026-01-01T00:00:01Z',
    '/api/live/panels/categories/behind?of=umbrellas',
    '/api/live/panels/visitors/behind',
    '/api/live/panels/categories/behind?of=clothes&counted=now',
    '/api/live/panels/categories/behind?of=clothes&counted=9:8:',
    '/api/live/panels/categories/behind?of=clothes&counted=5:9:7,6',
    '/api/live/panels/categories/behind?of=clothes&counted=5:9:9',
  ])('%s is answered with 400 and in words', async (path) => {
    const answer = await fetch(`${line.url}${path}`);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: { message: string } }).error.message).toMatch(/\w/);
  });
});

describe('the first page of a tablet that says Macintosh', () => {
  const agent =
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15';
  const devices = async () =>
    Object.fromEntries((await get('/api/live/panels')).devices.map(({ device, people }) => [device, people]));

  it('a visitor is counted by what the page’s own stream tells, and listed behind that bar', async () => {
    const before = await devices();
    const page = await fetch(`${line.url}/`, { headers: { 'user-agent': agent } });
    const visitor = page.headers.getSetCookie().find((cookie) => cookie.startsWith('visitor='));
    await eventually(async () => (await devices()).desktop === (before.desktop ?? 0) + 1);
    // Its script has found a touch screen.
    const cookie = `${visitor?.split(';')[0]}; device_type=tablet`;
    const stream = await fetch(`${line.url}/api/trace`, { headers: { 'user-agent': agent, cookie } });
    await eventually(async () => (await devices()).tablet === (before.tablet ?? 0) + 1);
    await stream.body?.cancel();
    expect((await devices()).desktop).toBe(before.desktop);
    const { meta } = await get('/api/live/panels');
    const { rows } = await getBehind(`devices/behind?of=tablet&at=${meta.as_of}&counted=${meta.counted}`);
    expect(rows).toHaveLength((before.tablet ?? 0) + 1);
  });
});

type Changes = PanelsAnswer & Told & { readonly added: PanelsAnswer['raw'] };

describe('the stream', () => {
  it('the stream tells everything at once, and then what comes, each event once', async () => {
    const stream = readStream<Changes>(`${line.url}/api/live/panels/stream`);
    const first = await stream.until('panels', () => true);
    const known = new Set(first.raw.map(({ order_id }) => order_id));
    const sent = Array.from({ length: 30 }, () => click({ time: ago(0), product: 'electronics' }));
    for (const event of sent) await post([event]);
    const added = () => stream.events('raw').flatMap((raw) => raw.added.map(({ order_id }) => order_id));
    await eventually(() => sent.every(({ order_id }) => added().includes(order_id)));
    expect(added().filter((id) => known.has(id))).toEqual([]);
    const behind = stream.events('raw').flatMap((raw) => raw.added);
    for (const { partition, offset } of behind)
      expect(BigInt(offset)).toBeGreaterThanOrEqual(BigInt(first.meta.offsets[partition] ?? 0));
    expect(added().toSorted()).toEqual(sent.map(({ order_id }) => order_id).toSorted());
    await eventually(() => {
      const last = stream.events('changes').at(-1);
      return last?.categories.find(({ product }) => product === 'electronics')?.count === 30;
    });
    stream.close();
  });

  it('the stream tells who comes later nothing that the snapshot has, and who was there before everything', async () => {
    // Nobody tells this one of commits: it finds them when somebody comes, or by its clock.
    const board = new PanelFeed(line.pool, new Streams(2), noCountries, testLog);
    const app = express().get('/', (req, res) => board.open(req, res, USUAL));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const idsOf = (events: PanelsAnswer['raw']) => events.map(({ order_id }) => order_id);
    const addedTo = (stream: { events(name: string): Changes[] }) =>
      stream.events('raw').flatMap((raw) => idsOf(raw.added));
    const one = readStream<Changes>(url);
    await one.until('panels', () => true);
    const sent = Array.from({ length: 5 }, () => click({ time: ago(0) }));
    await post(sent);
    await eventually(async () => {
      const known = idsOf((await get('/api/live/panels')).raw);
      return sent.every(({ order_id }) => known.includes(order_id));
    });
    const other = readStream<Changes>(url);
    const snapshot = idsOf((await other.until('panels', () => true)).raw);
    expect(snapshot).toEqual(expect.arrayContaining(idsOf(sent as never)));
    const last = click({ time: ago(0) });
    await post([last]);
    for (const stream of [one, other]) await eventually(() => addedTo(stream).includes(last.order_id));
    expect(addedTo(other)).toEqual([last.order_id]);
    expect(addedTo(one).toSorted()).toEqual([...idsOf(sent as never), last.order_id].toSorted());
    one.close();
    other.close();
    server.close();
    await board.close();
  });

  it('the stream tells how old events are that it counts for the first time, and how fresh each panel is', async () => {
    const stream = readStream<Changes>(`${line.url}/api/live/panels/stream`);
    await stream.until('panels', () => true);
    await post([click({ time: ago(0) }), click({ time: ago(0), title: 'banner_show' })]);
    const told = (source: 'events' | 'clicks') =>
      stream.events('changes').reduce((sum, { meta }) => sum + (meta.ages[source]?.n ?? 0), 0);
    await eventually(() => told('events') === 2);
    expect(told('clicks')).toBe(1);
    const fresh = async () => (await get('/api/live/panels')).meta.freshness;
    await eventually(async () => (await fresh()).panels.pages.p50_ms !== null);
    const { panels, p50_ms } = await fresh();
    expect(p50_ms).toBe(panels.visitors.p50_ms);
    expect(panels.pages.p99_ms).toBeGreaterThanOrEqual(panels.pages.p50_ms ?? 0);
    // Ingest has them all; who follows it does not run here.
    await eventually(async () => (await fresh()).panels.visitors.lag === 0);
    expect((await fresh()).panels.sessions).toEqual({ p50_ms: null, p99_ms: null, lag: expect.any(Number) });
    expect((await fresh()).panels.sessions.lag).toBeGreaterThan(0);
    stream.close();
  });
});
