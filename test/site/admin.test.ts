// Who may work on dead letters and see others' context, with and without ADMIN_PASSWORD, straight and by way of a proxy.

import { describe, expect, it } from 'vitest';
import { newId } from '../../src/events/ids.ts';
import { anEvent } from '../support/events.ts';
import { eventually, startLine } from '../support/line.ts';

const PASSWORD = 'correct horse';
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
});
const PAGES = ['/events/rejected', '/events/rejected/1', '/api/dead-letters', '/api/dead-letters/1'];

const privateEvent = () =>
  anEvent({
    user_id: newId(),
    context: {
      ip: '8.8.8.8',
      user_agent: 'Secret/1',
      referrer: 'https://example.org/',
      item: 'fjord-jumper',
      gender: 'F',
      birthdate: '1987-06-05',
      age: 39,
    },
  });

async function postOne(url: string) {
  const event = privateEvent();
  const answer = await fetch(`${url}/api/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  expect(answer.status).toBe(202);
  return event;
}

describe('without a password', async () => {
  const line = await startLine();
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${line.url}${path}`, { headers, redirect: 'manual' });

  it('clients on this machine may, who comes by way of a proxy may not', async () => {
    for (const path of PAGES) {
      expect([200, 404]).toContain((await get(path)).status);
      for (const header of [
        'x-forwarded-for',
        'forwarded',
        'x-real-ip',
        'via',
        'x-forwarded-proto',
        'cf-ray',
        'true-client-ip',
      ]) {
        const refused = await get(path, { [header]: '127.0.0.1', accept: 'application/json' });
        expect(`${path} ${header} ${refused.status}`).toBe(`${path} ${header} 403`);
        expect(JSON.stringify(await refused.json())).toContain('ADMIN_PASSWORD');
      }
    }
  });

  it('an event tells others nothing of who its visitor is, and says that it leaves it out', async () => {
    const { order_id: id } = await postOne(line.url);
    const others = { 'x-forwarded-for': '203.0.113.7' };
    await eventually(async () => (await get(`/api/events/${id}`)).status === 200);
    const api = (await (await get(`/api/events/${id}`, others)).json()) as { context: object };
    const page = await (await get(`/events/${id}`, others)).text();
    expect(Object.keys(api.context).toSorted()).toEqual(['bot', 'item', 'received_at']);
    const secrets = ['8.8.8.0', 'Secret/1', 'https://example.org/', '1987-06-05'];
    for (const secret of secrets) expect(page).not.toContain(secret);
    for (const words of ['fjord-jumper', 'What is personal']) expect(page).toContain(words);
    const whole = await (await get(`/events/${id}`)).text();
    for (const secret of secrets) expect(whole).toContain(secret);
    expect(whole).not.toContain('What is personal');
  });
});

describe('behind a proxy that is believed', async () => {
  const line = await startLine({ settings: { TRUST_PROXY: '1' } });
  const status = async (client: string) =>
    (await fetch(`${line.url}/api/dead-letters`, { headers: { 'x-forwarded-for': client } })).status;

  it('a proxy that is believed says who is on this machine', async () => {
    expect(await status('127.0.0.1')).toBe(200);
    expect(await status('[::1]:4711')).toBe(200);
    for (const client of ['203.0.113.7', '10.0.0.1', 'unknown', '127.0.0.1, 203.0.113.7'])
      expect(`${client} ${await status(client)}`).toBe(`${client} 403`);
  });
});

describe('with a password', async () => {
  const line = await startLine({ settings: { ADMIN_PASSWORD: PASSWORD } });
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${line.url}${path}`, { redirect: 'manual', ...init });
  const login = (password: string, next = '/events/rejected') =>
    send('/admin', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: line.url },
      body: new URLSearchParams({ password, next }).toString(),
    });

  it('nobody may without it: pages lead to the form, programs are asked for Basic', async () => {
    for (const path of PAGES) {
      const program = await send(path, { headers: { accept: 'application/json' } });
      expect(program.status).toBe(401);
      expect(program.headers.get('www-authenticate')).toContain('Basic');
    }
    const page = await send('/events/rejected?state=sent', { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('location')]).toEqual([
      303,
      '/admin?next=%2Fevents%2Frejected%3Fstate%3Dsent',
    ]);
    const discard = await send('/events/rejected/1/discard', {
      method: 'POST',
      headers: { origin: line.url },
    });
    expect(discard.status).toBe(401);
  });

  it('the form lets in, and out again', async () => {
    const entered = await login(PASSWORD, '/events/rejected?state=sent');
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/events/rejected?state=sent']);
    const [cookie = ''] = entered.headers.getSetCookie();
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await send('/api/dead-letters', { headers })).status).toBe(200);
    const forged = { cookie: `admin=${encodeURIComponent(`s:${Date.now() + 1e9}.x.y`)}` };
    expect((await send('/api/dead-letters', { headers: forged })).status).toBe(401);
    const left = await send('/admin/leave', { method: 'POST', headers: { ...headers, origin: line.url } });
    expect(left.headers.getSetCookie().join()).toMatch(/admin=;/);
  });

  it('the form of a password never leads to another site', async () => {
    for (const next of ['https://example.org/', '//example.org/', '/\\example.org', 'javascript:alert(1)'])
      expect((await login(PASSWORD, next)).headers.get('location')).toBe('/events/rejected');
  });

  it('Basic works with any name; a wrong one is refused everywhere, and soon any more tries', async () => {
    expect((await send('/api/dead-letters', { headers: basic(PASSWORD) })).status).toBe(200);
    const { order_id: id } = await postOne(line.url);
    await eventually(async () => (await send(`/api/events/${id}`)).status === 200);
    expect(JSON.stringify(await (await send(`/api/events/${id}`)).json())).not.toContain('Secret/1');
    const shown = await send(`/api/events/${id}`, { headers: basic(PASSWORD) });
    expect(JSON.stringify(await shown.json())).toContain('Secret/1');
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++)
      statuses.push((await send(`/api/events/${id}`, { headers: basic(`wrong ${attempt}`) })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  it('the form refuses wrong passwords, and soon any more', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) statuses.push((await login(`wrong ${attempt}`)).status);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses.slice(-1)).toEqual([429]);
  });
});

it('a password that is too short is refused at the start', async () => {
  await expect(startLine({ settings: { ADMIN_PASSWORD: 'short' } })).rejects.toThrow(/ADMIN_PASSWORD/);
});
