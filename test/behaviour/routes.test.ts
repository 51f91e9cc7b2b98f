// Offers in the API and on their visitor's own page, where each is redeemed once.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OfferName } from '../../src/behaviour/machine.ts';
import { OFFER_WORDS } from '../../src/behaviour/offer-words.ts';
import { newId } from '../../src/events/ids.ts';
import { expectError, expectErrorPage } from '../support/answers.ts';
import { type Line, startLine } from '../support/line.ts';

const OFFER = Object.keys(OFFER_WORDS)[0] as OfferName;
const { title } = OFFER_WORDS[OFFER];

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
});

function cookieOf(visitor: string): string {
  const secret = readFileSync(path.join(line.config.DATA_DIR, 'cookie-secret'), 'utf8').trim();
  const signature = createHmac('sha256', secret).update(visitor).digest('base64').replace(/=+$/, '');
  return `visitor=${encodeURIComponent(`s:${visitor}.${signature}`)}`;
}

/** Makes a visitor an offer; its id. */
async function offered(visitor: string, madeAt = '2026-03-02T09:00:00.000Z'): Promise<string> {
  const id = newId();
  await line.pool.query('INSERT INTO offers (id, user_id, offer, made_at) VALUES ($1, $2, $3, $4)', [
    id,
    visitor,
    OFFER,
    madeAt,
  ]);
  return id;
}
const pageOf = async (visitor: string, query = '') =>
  (await request(line.url).get(`/offers${query}`).set('Cookie', cookieOf(visitor)).expect(200)).text;
const redeem = (visitor: string, id: string) =>
  request(line.url).post(`/offers/${id}/redeem`).set('Cookie', cookieOf(visitor));
const redeemedAt = async (id: string) =>
  (await line.pool.query<{ at: string | null }>('SELECT redeemed_at AS at FROM offers WHERE id = $1', [id]))
    .rows[0]?.at;

describe('a visitor’s offers', () => {
  it('a visitor’s offers are on a page of their own, and nobody else’s', async () => {
    const [visitor, other] = [newId(), newId()];
    const id = await offered(visitor);
    const html = await pageOf(visitor);
    expect(html).toContain(`action="/offers/${id}/redeem"`);
    expect(html).toContain(title);
    expect(await pageOf(other)).toContain('There is none open');
    expect(await pageOf(other)).not.toContain(id);
  });

  it('a visitor redeems an offer once: again changes nothing, and it is open no more', async () => {
    const visitor = newId();
    const [id, left] = [await offered(visitor), await offered(visitor)];
    await redeem(visitor, id).expect(303).expect('Location', '/offers?redeemed=1');
    const first = await redeemedAt(id);
    expect(first).not.toBeNull();
    await redeem(visitor, id).expect(303);
    expect(await redeemedAt(id)).toEqual(first);
    const html = await pageOf(visitor, '?redeemed=1');
    expect(html).toContain('Redeemed.');
    expect(html).not.toContain(id);
    expect(html).toContain(left);
    expect(await pageOf(visitor)).not.toContain('Redeemed.');
  });

  it('a visitor can not redeem what is another’s, was never made, or is no id', async () => {
    const [visitor, other] = [newId(), newId()];
    const id = await offered(visitor);
    expectErrorPage(await redeem(other, id).set('Accept', 'text/html'), 409);
    expect(await redeemedAt(id)).toBeNull();
    expectErrorPage(await redeem(visitor, newId()).set('Accept', 'text/html'), 409);
    expectErrorPage(await redeem(visitor, 'mine').set('Accept', 'text/html'), 404);
  });
});

describe('GET /api/offers', () => {
  it('GET /api/offers has the newest first, as many as are asked for, as JSON and as CSV', async () => {
    const visitor = newId();
    const made = [await offered(visitor), await offered(visitor, '2026-03-02T08:00:00.000Z')].reverse();
    const { body } = await request(line.url).get('/api/offers?limit=2').expect(200);
    expect(body.rows).toEqual(
      made.map((id) => ({
        offer_id: id,
        user_id: visitor,
        offer: OFFER,
        made_at: expect.any(String),
        redeemed_at: null,
      })),
    );
    expect(body.rows[0].made_at).toBe('2026-03-02T08:00:00.000Z');
    const { text } = await request(line.url).get('/api/offers?limit=1&format=csv').expect(200);
    const [head, row, ...rest] = text.split('\r\n');
    expect(head).toBe('offer_id,user_id,offer,made_at,redeemed_at');
    expect(row).toContain(`${made[0]},${visitor},${OFFER},`);
    expect(rest).toEqual(['']);
  });

  it.each(['/api/offers', '/api/offers/log'])('%s refuses a limit out of its range', async (route) => {
    for (const limit of ['0', '1001', 'all'])
      expectError(await request(line.url).get(`${route}?limit=${limit}`), 400, 'bad_request');
    await request(line.url).get(`${route}?limit=1000`).expect(200);
  });

  it('GET /api/offers/log has what moved a visitor, the newest first', async () => {
    const [visitor, click] = [newId(), newId()];
    for (const because of ['first', 'second'])
      await line.pool.query(
        `INSERT INTO behaviour_log (at, user_id, order_id, from_state, to_state, because, simulated)
         VALUES ('2026-03-02T09:00:00Z', $1, $2, 'start', 'start', $3, false)`,
        [visitor, click, because],
      );
    const { body } = await request(line.url).get('/api/offers/log').expect(200);
    expect(body.rows.map(({ because }: { because: string }) => because)).toEqual(['second', 'first']);
    expect(body.rows[0]).toMatchObject({ user_id: visitor, order_id: click, at: '2026-03-02T09:00:00.000Z' });
  });
});
