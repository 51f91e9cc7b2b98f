import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { isId, newId, ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { PRODUCTS } from '../../src/events/products.ts';
import { expectError, expectErrorPage, expectNoLeak } from '../support/answers.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

type Row = {
  order_id: string;
  page_id: string;
  product: string;
  title: string;
  target: number;
  site_version: string;
};

/** The visitor's rows, in the order of their ids, once there are `count` of them. */
async function rowsOf(userId: string, count: number): Promise<Row[]> {
  return eventually(async () => {
    const { rows } = await line.pool.query<Row>(
      `SELECT replace(order_id::text, '-', '') AS order_id, replace(page_id::text, '-', '') AS page_id, product, title,
         target, site_version FROM events WHERE user_id = $1 ORDER BY order_id`,
      [userId],
    );
    return rows.length >= count && rows;
  });
}

function visitorIn(response: request.Response): string {
  const cookie = [response.get('Set-Cookie')].flat().find((text) => text?.startsWith('visitor='));
  return /^visitor=s%3A([0-9a-f]{32})\./.exec(cookie ?? '')?.[1] ?? '';
}

/** Hidden fields of the order form. */
function orderForm(html: string): Record<string, string> {
  const form = /<form[^>]*action="\/order"[\s\S]*?<\/form>/.exec(html)?.[0] ?? '';
  const inputs = form.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name, value]));
}

describe('the storefront', () => {
  it('the shop emits one banner_show for a visit of the front page', async () => {
    const response = await request(line.url).get('/').expect(200).expect('Content-Type', /html/);
    const [row] = await rowsOf(visitorIn(response), 1);
    expect(row).toMatchObject({ title: 'banner_show', target: 0, site_version: 'desktop' });
    expect(PRODUCTS).toContain(row?.product);
  });

  it('a click gets the page_id of the banner that led to it, and the ad is a show of its own', async () => {
    const shopper = request.agent(line.url);
    const home = await shopper.get('/');
    const href =
      /href="(\/product\/[^"]*page_id=[0-9a-f]{32}[^"]*)"/.exec(home.text)?.[1]?.replaceAll('&amp;', '&') ??
      '';
    await shopper.get(href).expect(200);
    const rows = await rowsOf(visitorIn(home), 3);
    expect(rows.map(({ title }) => title)).toEqual(['banner_show', 'banner_click', 'banner_show']);
    expect(rows[1]?.page_id).toBe(rows[0]?.page_id);
    expect(rows[1]?.product).toBe(rows[0]?.product);
    expect(rows[2]?.page_id).not.toBe(rows[0]?.page_id);
  });

  it('a visit without a banner gets a page_id of its own', async () => {
    const response = await request(line.url).get('/product/sneakers?page_id=nonsense').expect(200);
    const [click] = await rowsOf(visitorIn(response), 2);
    expect(click).toMatchObject({ title: 'banner_click', product: 'sneakers' });
    expect(isId(click?.page_id)).toBe(true);
  });

  it('an order is emitted once, however often its form is sent, and leads to its page', async () => {
    const shopper = request.agent(line.url);
    const product = await shopper.get('/product/clothes');
    const fields = orderForm(product.text);
    const answers = await Promise.all([1, 2, 3].map(() => shopper.post('/order').type('form').send(fields)));
    for (const answer of answers) {
      expect(answer.status).toBe(303);
      expect(answer.get('Location')).toBe(`/order/${fields.order_id}`);
    }
    await shopper.get(`/order/${fields.order_id}`).expect(200, /Order successful/);
    await shopper.get(`/order/${fields.order_id}`).expect(200);
    await shopper.get('/');
    const rows = await rowsOf(visitorIn(product), 4);
    const orders = rows.filter(({ title }) => title === 'order');
    expect(orders).toEqual([
      expect.objectContaining({
        order_id: fields.order_id,
        page_id: ORDER_PAGE_ID,
        product: 'clothes',
        target: 1,
      }),
    ]);
    expect(await recordsOf(fields.order_id ?? '')).toBe(1);
  });

  it('visitors who come at once are kept apart', async () => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => request(line.url).get('/')));
    expect(new Set(responses.map(visitorIn)).size).toBe(20);
  });

  it('the shop emits nothing for HEAD', async () => {
    const response = await request(line.url).head('/').expect(200);
    await request(line.url).get('/');
    const { rows } = await line.pool.query('SELECT FROM events WHERE user_id = $1', [visitorIn(response)]);
    expect(rows).toHaveLength(0);
  });

  it('a phone gets the mobile site, and its visitor may force the version', async () => {
    const phone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1';
    const shopper = request.agent(line.url).set('User-Agent', phone);
    const first = await shopper.get('/');
    await shopper.post('/site-version').type('form').send({ site_version: 'desktop', here: '/' }).expect(303);
    await shopper.get('/');
    const rows = await rowsOf(visitorIn(first), 2);
    expect(rows.map(({ site_version }) => site_version)).toEqual(['mobile', 'desktop']);
  });

  it('what the visitor told is in the context of later events, and forgotten when asked', async () => {
    const shopper = request.agent(line.url);
    const first = await shopper.get('/');
    const told = { gender: 'F', birthdate: '1990-02-28', here: '/dashboard' };
    await shopper.post('/visitor').type('form').send(told).expect(303).expect('Location', '/dashboard');
    await shopper.get('/');
    const rows = await rowsOf(visitorIn(first), 2);
    const { rows: live } = await line.pool.query('SELECT context FROM events WHERE order_id = $1', [
      rows[1]?.order_id,
    ]);
    expect(live[0].context).toMatchObject({ gender: 'F', birthdate: '1990-02-28' });
    await shopper.post('/visitor/forget').type('form').send({}).expect(303).expect('Location', '/');
    expect(visitorIn(await shopper.get('/'))).not.toBe(visitorIn(first));
  });
});

it.each(['shoes', 'Sneakers', 'constructor', '__proto__', 'toString', 'sneakers%00', '%20sneakers'])(
  'a page of the category %s, which there is not, says which there are',
  async (category) => {
    const page = await request(line.url).get(`/product/${category}`).set('Accept', 'text/html');
    expectErrorPage(page, 404);
    expect(page.text).toContain('accessories, clothes, electronics, sneakers, sports_nutrition');
    const json = await request(line.url).get(`/product/${category}`).set('Accept', 'application/json');
    expectError(json, 404, 'not_found');
    expect(json.body.error.expected).toContain('sports_nutrition');
  },
);

it.each(['item=nothing', 'item=', 'item=a&item=b', 'item[]=a', 'item=__proto__', 'item=harbour-tote'])(
  'a sneaker that there is not is 404: %s',
  async (query) => {
    const { status, text } = await request(line.url).get(`/product/sneakers?${query}`);
    expect(status).toBe(query.startsWith('item[]') ? 200 : 404);
    expectNoLeak(text);
  },
);

it.each([
  'page_id=x',
  'page_id=',
  `page_id=${newId()}&page_id=${newId()}`,
  'page_id[$ne]=1',
  '__proto__=1',
  'constructor[prototype][x]=1',
])('a page is shown whatever else its query says: %s', async (query) => {
  await request(line.url).get(`/product/sneakers?${query}`).expect(200);
  await request(line.url).get(`/?${query}`).expect(200);
  await request(line.url).get(`/dashboard?from=a&${query}`).expect(200);
});

/** How many records of the topic carry this order_id. */
async function recordsOf(orderId: string): Promise<number> {
  const consumer = line.kafka.consumer({ groupId: `count-${orderId}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: line.config.KAFKA_TOPIC, fromBeginning: true });
  const { rows } = await line.pool.query('SELECT sum(next_offset)::int AS total FROM consumer_offsets');
  let seen = 0;
  let found = 0;
  await consumer.run({
    eachMessage: async ({ message }) => {
      seen += 1;
      if (message.value?.includes(orderId)) found += 1;
    },
  });
  await eventually(() => seen >= rows[0].total);
  await consumer.disconnect();
  return found;
}
