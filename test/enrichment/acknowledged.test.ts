// Whatever headers and contexts come, what was acknowledged is stored: the whole line, behind a proxy that says anything.

import fc from 'fast-check';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/events/ids.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ settings: { TRUST_PROXY: '1', RATE_LIMIT: 'off' } });
});

const headerText = (maxLength: number) =>
  fc.string({ maxLength }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '~').trim());
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0';
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.nat(99_999)).map(([ip, port]) => `${ip}:${port}`),
  fc.tuple(fc.ipV6(), fc.nat(65_535)).map(([ip, port]) => `[${ip}]:${port}`),
  fc.constantFrom(
    'fe80::1%eth0',
    '"[fe80::1%25eth0]:443"',
    'unknown',
    '_obf',
    '',
    ',',
    '::ffff:1.2.3.4',
    '1.2.3',
  ),
  headerText(60),
);
const anyHeaders = fc.record(
  {
    'x-forwarded-for': fc.array(address, { minLength: 1, maxLength: 3 }).map((list) => list.join(', ')),
    forwarded: address.map((text) => `for="${text.replaceAll('"', '')}"`),
    'user-agent': headerText(1_500),
    referer: headerText(3_000),
    'sec-gpc': fc.constantFrom('1', '0', 'x'),
  },
  { requiredKeys: [] },
);

/** Fails where one of the ids is not in the table. */
async function expectStored(ids: readonly string[]): Promise<void> {
  await eventually(async () => {
    const { rows } = await line.pool.query('SELECT 1 FROM events WHERE order_id = ANY($1::uuid[])', [ids]);
    return rows.length === ids.length;
  }, 60);
}

describe('what was acknowledged', () => {
  it('an event that was acknowledged is stored, whatever the headers of its post were', {
    timeout: 240_000,
  }, async () => {
    const accepted: string[] = [];
    await fc.assert(
      fc.asyncProperty(anyHeaders, async (headers) => {
        const event = anEvent({ order_id: newId() });
        const { status } = await request(line.url).post('/api/events').set(headers).send(event);
        expect(status).toBe(202);
        accepted.push(event.order_id);
      }),
      { numRuns: 50 },
    );
    await expectStored(accepted);
  });

  it('an order that was acknowledged is stored, whatever the headers of its form were', {
    timeout: 240_000,
  }, async () => {
    const placed: string[] = [];
    await fc.assert(
      fc.asyncProperty(anyHeaders, async (headers) => {
        const shopper = request.agent(line.url);
        const { text } = await shopper.get('/product/clothes').set(headers).expect(200);
        const form = /<form[^>]*action="\/order"[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
        const fields = Object.fromEntries(
          [...form.matchAll(/name="([^"]+)"[^>]*value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
        );
        await shopper.post('/order').set(headers).type('form').send(fields).expect(303);
        placed.push(String(fields.order_id));
      }),
      { numRuns: 15 },
    );
    await expectStored(placed);
  });
});

describe('the context of an event', () => {
  const contextOf = (orderId: string) =>
    eventually(async () => {
      const { rows } = await line.pool.query('SELECT context FROM events WHERE order_id = $1', [orderId]);
      return rows[0]?.context as Record<string, unknown> | undefined;
    });
  const post = async (headers: Readonly<Record<string, string>>, context?: object) => {
    const event = anEvent({ order_id: newId(), ...(context === undefined ? {} : { context }) });
    await request(line.url).post('/api/events').set(headers).send(event).expect(202);
    return contextOf(event.order_id);
  };

  it.each([
    ['1.2.3.4:5', '1.2.3.0'],
    ['[2001:db8:1:2::3]:443', '2001:db8:1::'],
    ['fe80::1%eth0', 'fe80::'],
  ])('an event from the address %s has the network %s', async (from, ip) => {
    expect(await post({ 'x-forwarded-for': from })).toMatchObject({ ip });
  });

  it('an event has no address where the proxy names none, and none where the browser asks for privacy', async () => {
    expect(await post({ 'x-forwarded-for': 'unknown' })).not.toHaveProperty('ip');
    expect(await post({ 'x-forwarded-for': '1.2.3.4', 'sec-gpc': '1' })).not.toHaveProperty('ip');
    expect(await post({ 'x-forwarded-for': '1.2.3.4', dnt: '1' })).not.toHaveProperty('ip');
  });

  it('a posted event has what the sender tells, as far as STORE_IP goes, and referrers without their query', async () => {
    const context = await post(
      { 'x-forwarded-for': '9.9.9.9', referer: 'https://own.example/?a' },
      { ip: '203.0.113.7', referrer: 'https://example.org/a?b#c', item: 'cap' },
    );
    expect(context).toMatchObject({ ip: '203.0.113.0', referrer: 'https://example.org/a', item: 'cap' });
  });

  it('a posted event is a robot’s only where it says so', async () => {
    const googlebot = 'Googlebot/2.1 (+http://www.google.com/bot.html)';
    expect(await post({ 'user-agent': googlebot })).not.toHaveProperty('bot');
    expect(await post({ 'user-agent': 'curl/8' }, { user_agent: googlebot })).toMatchObject({ bot: true });
    expect(await post({ 'user-agent': googlebot }, { user_agent: FIREFOX })).toMatchObject({
      bot: false,
    });
    expect(await post({}, { bot: true })).toMatchObject({ bot: true });
  });
});
