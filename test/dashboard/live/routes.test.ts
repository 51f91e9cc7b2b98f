// GET /api/live/panels and what is behind its bars: what may be asked, and how it is answered and refused.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Panel } from '../../../src/dashboard/panels/panel.ts';
import { PANEL_NAMES, PANELS } from '../../../src/dashboard/panels/panels.ts';
import { expectError } from '../../support/answers.ts';
import { anEvent } from '../../support/events.ts';
import { ingested } from '../../support/ingested.ts';
import { type Line, startLine } from '../../support/line.ts';

const AT = '2026-03-02T12:00:00.000Z';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false });
  await ingested(line.pool, [
    anEvent({ product: 'clothes', time: '2026-03-02T11:59:00.000Z' }),
    anEvent({ product: 'clothes', time: '2026-03-02T11:58:00.000Z', context: { bot: true } }),
    anEvent({ product: 'sneakers', time: '2026-03-02T11:57:00.000Z' }),
  ]);
});

const get = (query: string) => request(line.url).get(`/api/live/panels${query}`);

describe('GET /api/live/panels', () => {
  it('GET /api/live/panels has every panel by its name, as of the instant that is asked for', async () => {
    const { body } = await get(`?at=${AT}`).expect(200);
    expect(Object.keys(body).toSorted()).toEqual([...PANEL_NAMES, 'meta'].toSorted());
    expect(body.meta).toMatchObject({ as_of: AT, robots: 'exclude', simulated: 'include' });
    const clothes = ({ categories }: { categories: { product: string; count: number }[] }) =>
      categories.find(({ product }) => product === 'clothes')?.count;
    expect(clothes(body)).toBe(1);
    expect(clothes((await get(`?at=${AT}&robots=include`)).body)).toBe(2);
  });

  it.each(PANEL_NAMES)('GET /api/live/panels has one panel alone as rows, and as CSV: %s', async (name) => {
    const all = await get(`?at=${AT}`);
    const { body } = await get(`?at=${AT}&panel=${name}`).expect(200);
    expect(body.rows).toEqual(all.body[name]);
    expect(body.meta.as_of).toBe(AT);
    expect(Object.keys(body).toSorted()).toEqual(['meta', 'rows']);
    const csv = await get(`?at=${AT}&panel=${name}&format=csv`).expect(200);
    expect(csv.text.split('\r\n')[0]).toBe(PANELS[name].columns.join(','));
  });

  it.each([
    ['?at=yesterday', 'ISO 8601'],
    ['?at=1999-12-31T23:59:59.999Z', 'an instant from 2000 to now'],
    [`?at=${new Date(Date.now() + 3_600_000).toISOString()}`, 'an instant from 2000 to now'],
    ['?panel=none', PANEL_NAMES.join(', ')],
    ['?format=csv', `panel, one of ${PANEL_NAMES.join(', ')}`],
  ])('GET /api/live/panels refuses what can not be asked, and says what can: %s', async (query, expected) => {
    const response = await get(query);
    expectError(response, 400, 'bad_request');
    expect(response.body.error.expected).toContain(expected);
  });

  it('GET /api/live/panels takes the very first instant that an event may have', async () => {
    await get('?at=2000-01-01T00:00:00.000Z').expect(200);
  });
});

describe('what is behind a bar', () => {
  const behind = (of: string) => get(`/categories/behind?of=${of}&at=${AT}`);

  it('what is behind a bar are its events, of whom the panel counts, as JSON and as CSV', async () => {
    const { body } = await behind('clothes').expect(200);
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0]).toMatchObject({ product: 'clothes', time: '2026-03-02T11:59:00.000Z' });
    expect(body.meta).toEqual({ as_of: AT, robots: 'exclude', simulated: 'include' });
    expect((await behind('clothes&robots=only')).body.rows).toHaveLength(1);
    expect((await behind('electronics')).body.rows).toEqual([]);
    const { text } = await behind('clothes&format=csv').expect(200);
    const columns = (PANELS.categories as Panel).behind?.columns ?? [];
    expect(text.split('\r\n')[0]).toBe(columns.join(','));
    expect(text.trimEnd().split('\r\n')).toHaveLength(2);
  });

  it('what is behind a bar is refused for a panel without bars and one that is not there, and those with bars are named', async () => {
    const withBars = PANEL_NAMES.filter((name) => (PANELS[name] as Panel).behind !== undefined);
    for (const [panel, expected] of [
      ['none', PANEL_NAMES],
      ['raw', withBars],
    ] as const) {
      const response = await get(`/${panel}/behind?of=x`);
      expectError(response, 400, 'bad_request');
      expect(response.body.error.expected).toBe(expected.join(', '));
    }
    expectError(await get('/categories/behind'), 400, 'bad_request');
  });
});
