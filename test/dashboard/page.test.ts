// GET /dashboard: what of its address it hands to the charts, and what it says of what was loaded.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import { QUESTIONS } from '../../src/dashboard/questions/questions.ts';
import { anEvent } from '../support/events.ts';
import { ingested } from '../support/ingested.ts';
import { type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false, timeZone: 'Asia/Tokyo' });
});

const page = async (query = '') => (await request(line.url).get(`/dashboard${query}`).expect(200)).text;

describe('the dashboard', () => {
  it('the dashboard is of the shop’s zone and is never kept, and asks all questions', async () => {
    const { text, headers } = await request(line.url).get('/dashboard').expect(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain('Asia/Tokyo');
    for (const { asks } of Object.values(QUESTIONS)) expect(text).toContain(asks.replaceAll('&', '&amp;'));
  });

  it('the dashboard begins with the first day that has events, by the shop’s zone', async () => {
    await ingested(line.pool, [anEvent({ time: '2026-03-01T15:00:00.000Z' })]);
    expect(await page()).toContain('2026-03-02');
    expect(await page()).not.toContain('2026-03-01');
  });

  it('the dashboard keeps whose events it is of, and takes the usual ones for an address that asks for none there are', async () => {
    const chosen = /<option value="(\w+)"[^>]*selected/g;
    const choices = async (query: string) =>
      [...(await page(query)).matchAll(chosen)].map(([, value]) => value);
    expect(await choices('?robots=only&simulated=exclude')).toEqual(
      expect.arrayContaining(['only', 'exclude']),
    );
    expect(await choices('?robots=luck&robots=only')).toEqual(await choices(''));
  });

  it('the dashboard has nothing of an address but what it means, and nothing twice', async () => {
    const html = await page('?product=%3Cscript%3Ealert(1)%3C/script%3E&from=2026-01-01&from=2026-01-02');
    expect(html).not.toContain('<script>alert');
    const main = html.slice(html.indexOf('<main'));
    for (const day of ['2026-01-01', '2026-01-02']) expect(main).not.toContain(day);
    const once = await page('?from=2026-01-02');
    expect(once.slice(once.indexOf('<main'))).toContain('2026-01-02');
  });
});
