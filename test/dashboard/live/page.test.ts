// GET /dashboard/live: which panels it has, in which groups, and what a link to present mode may name.

import request from 'supertest';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Panel } from '../../../src/dashboard/panels/panel.ts';
import { PANEL_NAMES, PANELS } from '../../../src/dashboard/panels/panels.ts';
import { type Line, startLine } from '../../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine({ ingest: false, timeZone: 'Asia/Tokyo' });
});

const page = async (query = '') => (await request(line.url).get(`/dashboard/live${query}`).expect(200)).text;
const panelsOf = (html: string) =>
  [...html.matchAll(/<section[^>]*\bid="([a-z]+)"/g)]
    .map(([, id = '']) => id)
    .filter((id) => PANEL_NAMES.some((name) => name === id));
const isStacked = (name: (typeof PANEL_NAMES)[number]) => (PANELS[name] as Panel).width === 'stacked';

describe('the live page', () => {
  it('the live page has every panel in its order, in the shop’s zone, and is never kept', async () => {
    const html = await page();
    expect(panelsOf(html)).toEqual(PANEL_NAMES);
    expect(html).toContain('data-time-zone="Asia/Tokyo"');
    expect(html).toContain('class="rewind"');
    const { headers } = await request(line.url).get('/dashboard/live');
    expect(headers['cache-control']).toBe('no-store');
  });

  it('the live page stacks neighbours alone: each group of stacked panels is one column', async () => {
    const runs = PANEL_NAMES.filter(
      (name, at) => isStacked(name) && !(at > 0 && isStacked(PANEL_NAMES[at - 1] as typeof name)),
    );
    expect((await page()).match(/class="live-stack/g) ?? []).toHaveLength(runs.length);
    const stacked = PANEL_NAMES.filter(isStacked);
    const plain = PANEL_NAMES.find((name) => !isStacked(name));
    const apart = await page(`?present=${[stacked[0], plain, stacked[1]].join(',')}`);
    expect(apart.match(/class="live-stack/g)).toHaveLength(2);
  });

  it('the live page presents the panels that a link names, each once and in its order, and names what it has not', async () => {
    const html = await page('?present=devices,%20visitors,devices,,luck,__proto__');
    expect(panelsOf(html)).toEqual(['devices', 'visitors']);
    expect(html).toContain('There is no panel “luck”, “__proto__”');
    expect(html).not.toContain('class="rewind"');
  });

  it.each(['?present=luck', '?present=', '?present=devices&present=visitors', '?present=,'])(
    'the live page has every panel where a link names none that there is: %s',
    async (query) => {
      const html = await page(query);
      expect(panelsOf(html)).toEqual(PANEL_NAMES);
      expect(html.includes('data-unknown-panels')).toBe(query.includes('luck'));
    },
  );

  it('the live page keeps whose events it is of', async () => {
    const html = await page('?robots=only&simulated=exclude');
    expect(html).toContain('data-robots="only" data-simulated="exclude"');
    expect(await page('?robots=luck')).toContain('data-robots="exclude"');
  });
});
