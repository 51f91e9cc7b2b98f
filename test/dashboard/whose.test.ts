// Robots and simulated visitors are left out of every chart and question, counted, or counted alone, as `robots` and
// `simulated` say: each number against a recount of the raw events.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { dayIn } from '../../src/dashboard/charts/range.ts';
import type { ShopEvent, Title } from '../../src/events/event.ts';
import { type Asked, USUAL, type Whose, whoseText } from '../../src/events/whose.ts';
import { expectError } from '../support/answers.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';
import { expectRollupsEqualEvents } from '../support/recount.ts';
import { readStream } from '../support/sse.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0';
const isAsked = (asked: Asked, condition: string) =>
  asked === 'include' ? 'true' : `${asked === 'only' ? '' : 'NOT '}${condition}`;
const of = ({ robots, simulated }: Whose) =>
  `${isAsked(robots, 'is_robot(context)')} AND ${isAsked(simulated, 'is_simulated(context)')}`;
const CHOICES: readonly Whose[] = [
  USUAL,
  { ...USUAL, robots: 'include' },
  { ...USUAL, robots: 'only' },
  { ...USUAL, simulated: 'exclude' },
  { ...USUAL, simulated: 'only' },
  { robots: 'include', simulated: 'exclude' },
];

let line: Line;
const zone = zoneWhereItIsNoon();
const yearHere = () => dayIn(zone).slice(0, 4);

/** How the shop's visitors and its robots came: some of each, by all three ways in which an event can say so. */
function visits(): ShopEvent[] {
  const time = new Date(Date.now() - 2_000).toISOString();
  const visit = (title: Title, context?: object) =>
    anEvent({
      title,
      target: title === 'order' ? 1 : 0,
      time,
      product: 'clothes',
      ...(context && { context }),
    });
  return [
    visit('banner_show', { user_agent: FIREFOX }),
    visit('banner_click', { user_agent: FIREFOX }),
    visit('banner_click'),
    visit('order', { bot: false }),
    visit('banner_show', { user_agent: GOOGLEBOT }),
    visit('banner_show', { user_agent: 'python-requests/2.32' }),
    visit('banner_click', { bot: true }),
    visit('banner_click', { user_agent: GOOGLEBOT, item: 'linen-shirt' }),
    visit('order', { bot: true }),
    visit('order', { bot: true, user_agent: FIREFOX }),
    visit('banner_show', { simulated: true }),
    visit('banner_click', { simulated: true, item: 'linen-shirt' }),
    visit('banner_click', { simulated: true, bot: true }),
    visit('order', { simulated: true }),
    visit('order', { simulated: false }),
  ];
}

beforeAll(async () => {
  line = await startLine({ timeZone: zone });
  const sent = visits();
  await request(line.url).post('/api/events').send(sent).expect(202);
  // The same again as a person's own visits by the shop's pages, and a robot's.
  await request(line.url).get('/product/clothes').set('User-Agent', FIREFOX).expect(200);
  await request(line.url).get('/product/clothes').set('User-Agent', GOOGLEBOT).expect(200);
  await eventually(async () => {
    const { rows } = await line.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM events');
    return rows[0]?.count === sent.length + 4;
  });
});

const ask = async (path: string, whose: Whose) =>
  (await request(line.url).get(path).query(whose).expect(200)).body;
const one = async (sql: string): Promise<number> => {
  const { rows } = await line.pool.query<{ count: number }>(`SELECT (${sql})::int AS count`);
  return rows[0]?.count ?? -1;
};
const eventsOf = (whose: Whose, where = 'true') =>
  one(`SELECT count(*) FROM events WHERE ${of(whose)} AND ${where}`);
const total = (rows: readonly { count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0);

describe.each(CHOICES)('robots=$robots&simulated=$simulated', (whose) => {
  it('charts of the filter count the events that the raw rows have', async () => {
    const all = await eventsOf(whose);
    expect(all).toBeGreaterThan(2);
    for (const name of ['daily', 'totals', 'today']) {
      const { rows } = await ask(`/api/charts/${name}`, whose);
      expect({ name, count: total(rows) }).toEqual({ name, count: all });
    }
    const { rows } = await ask('/api/charts/funnel', whose);
    const sum = (name: string) =>
      rows.reduce((all: number, row: Record<string, number>) => all + (row[name] ?? 0), 0);
    expect([sum('shows'), sum('clicks'), sum('orders')]).toEqual([
      await eventsOf(whose, "title = 'banner_show'"),
      await eventsOf(whose, "title = 'banner_click'"),
      await eventsOf(whose, "title = 'order'"),
    ]);
  });

  it('the chart of orders counts those of the filter, by the minute, the hour and the day', async () => {
    const orders = await eventsOf(whose, "title = 'order'");
    expect(orders).toBeGreaterThan(0);
    const { meta, orders: minutes } = await ask('/api/charts/today', whose);
    expect(total(minutes)).toBe(orders);
    const today = Date.parse(meta.day);
    for (const days of [1, 7, 60]) {
      const from = new Date(today - (days - 1) * 86_400_000).toISOString().slice(0, 10);
      const { rows } = await ask(`/api/charts/orders?from=${from}`, whose);
      expect({ days, count: total(rows) }).toEqual({ days, count: orders });
    }
  });

  it('the chart of devices counts people and events of the filter', async () => {
    const year = yearHere();
    const { rows: people } = await ask(`/api/charts/devices?year=${year}`, whose);
    expect(total(people)).toBe(
      await one(`SELECT count(DISTINCT (user_id, site_version)) FROM events WHERE ${of(whose)}`),
    );
    const { rows: events } = await ask(`/api/charts/devices?year=${year}&count=events`, whose);
    expect(total(events)).toBe(await eventsOf(whose));
  });

  it('the questions are answered of the filter alone', async () => {
    const { rows, meta } = await ask('/api/questions', whose);
    const answer = (question: string, measure: string) =>
      total(
        rows.filter(
          (row: { question: string; measure: string }) =>
            row.question === question && row.measure === measure,
        ),
      );
    const people = (where: string) =>
      one(`SELECT count(DISTINCT user_id) FROM events WHERE ${of(whose)} AND ${where}`);
    // However long the tests before this one took.
    const last = (length: string) => `"time" > '${meta.as_of}'::timestamptz - interval '${length}'`;
    const lastHour = `"time" >= date_trunc('minute', '${meta.as_of}'::timestamptz) - interval '59 min'`;
    expect({
      saw_ad: answer('saw_ad', 'users'),
      ordered_now: answer('ordered_now', 'orders'),
      users: answer('devices', 'users'),
      users_now: answer('devices', 'users_now'),
      targets: answer('targets', 'target_1'),
      events: answer('targets', 'events'),
      pages: answer('pages', 'visits'),
      month: answer('orders_by_month', yearHere()),
      clicked: answer('no_order', 'clicked'),
      no_order: answer('no_order_by_category', 'no_order'),
    }).toEqual({
      saw_ad: await one(
        `SELECT count(DISTINCT (user_id, product)) FROM events WHERE ${of(whose)} AND title = 'banner_show' AND ${last('60 s')}`,
      ),
      ordered_now: await eventsOf(whose, `title = 'order' AND ${lastHour}`),
      users: await people('true'),
      users_now: await people(last('10 min')),
      targets: await eventsOf(whose, "title = 'order'"),
      events: await eventsOf(whose),
      pages: await eventsOf(whose, `title = 'banner_click' AND ${last('10 min')}`),
      month: await eventsOf(whose, "title = 'order'"),
      clicked: await people("title = 'banner_click'"),
      no_order: await people("title = 'banner_click'"),
    });
  });

  it('the stream sends the numbers of the filter', async () => {
    const stream = readStream<{ rows: { count: number }[] }>(
      `${line.url}/api/live?robots=${whose.robots}&simulated=${whose.simulated}`,
    );
    const today = await stream.until('today', () => true);
    expect(total(today?.rows ?? [])).toBe(await eventsOf(whose));
  });

  it('the page’s links to its numbers keep the filter', async () => {
    const { text } = await request(line.url).get('/dashboard').query(whose).expect(200);
    const links = [
      ...text.matchAll(/href="(\/api\/[^"]*)"[^>]*data-format|data-format[^>]*href="(\/api\/[^"]*)"/g),
    ];
    expect(links.length).toBeGreaterThan(10);
    const others = links
      .map(([, before, behind]) => (before ?? behind ?? '').replaceAll('&amp;', '&'))
      .filter(
        (href) => !`${href}&`.includes(whoseText(whose)) || /robots=exclude|simulated=include/.test(href),
      );
    expect(others).toEqual([]);
  });
});

describe('robots', () => {
  it('robots are left out where nothing else is said, by the views too', async () => {
    const { body } = await request(line.url).get('/api/charts/today').expect(200);
    expect(total(body.rows)).toBe(await eventsOf(USUAL));
    expect(await one('SELECT sum(count) FROM daily_counts')).toBe(await eventsOf(USUAL));
  });

  it('robots are counted in rollups that equal a recount', async () => {
    await expectRollupsEqualEvents(line.pool);
  });

  it('robots are told on the trace bar, with the reason why the chart leaves them out', async () => {
    const shop = (agent: string) => request(line.url).get('/').set('User-Agent', agent);
    const word = /<p class="trace-robot" data-robot(.*?)>([^<]*)/;
    const [, hidden, words] = word.exec((await shop(GOOGLEBOT)).text) ?? [];
    expect(hidden).toBe('');
    expect(words).toContain('Taken for a robot’s visit, by its user agent');
    expect(word.exec((await shop(FIREFOX)).text)?.[1]).toBe(' hidden');
  });

  it('a filter of robots that there is not is refused', async () => {
    for (const path of ['/api/charts/daily', '/api/charts/today', '/api/questions', '/api/live'])
      for (const name of ['robots', 'simulated'])
        expectError(
          await request(line.url)
            .get(path)
            .query({ [name]: 'maybe' }),
          400,
          'bad_request',
        );
  });
});
