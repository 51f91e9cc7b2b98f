import { afterAll, describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const BODY = `<table><tbody id="latest"></tbody></table>
  <section id="raw"><button data-pause></button><input data-search><p data-reading></p>
  <div class="live-table"><div data-rows></div></div></section>`;
const SCRIPT = `
  import { drawLatest, RawEvents } from '/js/panels/lists.js';
  const NOW = Date.parse('2026-03-02T12:00:00Z');
  window.ages = (...seconds) => {
    const root = document.getElementById('latest');
    drawLatest(root, seconds.map((s) => (
      { time: new Date(NOW - s * 1000).toISOString(), ip: null, country: 'Norway', simulated: false })), NOW);
    return [...root.querySelectorAll('td:first-child > span:first-child')].map(({ textContent }) => textContent);
  };
  const panel = document.getElementById('raw');
  const raw = new RawEvents(panel);
  const event = (n) => ({ order_id: 'id-' + n, title: 'order', product: 'books', item: null, simulated: n === 2,
    time: '2026-03-02T11:00:00Z', topic: 'orders', partition: 1, offset: n });
  window.show = (...ns) => { raw.show(ns.map(event)); raw.draw(); };
  window.add = (...ns) => { raw.add(ns.map(event)); raw.draw(); };
  window.look = () => [
    [...panel.querySelectorAll('a')].map(({ textContent }) => textContent),
    panel.querySelector('[data-pause]').textContent,
    panel.querySelector('[data-reading]').textContent.trim(),
  ];
`;

describe.skipIf(noBrowser !== undefined)('the lists of the live page', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());

  it('how long ago a visitor came is said in seconds below a minute, then in full minutes', async () => {
    const page = await openWith(context, BODY, SCRIPT);
    await page.waitForFunction('window.look');
    expect(await page.evaluate('ages(0, 59, 60, 119, 599)')).toEqual([
      'now',
      '59 seconds ago',
      '1 minute ago',
      '1 minute ago',
      '9 minutes ago',
    ]);
  });

  it('paused raw events stand still, count what comes, and are searched by every word', async () => {
    const page = await openWith(context, BODY, SCRIPT);
    await page.waitForFunction('window.look');
    await page.evaluate('show(2, 1)');
    await page.click('[data-pause]');
    await page.evaluate('add(3)');
    expect(await page.evaluate('look()')).toEqual([['orders 1/2', 'orders 1/1'], 'Go on (+1 new)', '']);
    await page.click('[data-pause]');
    const all = ['orders 1/3', 'orders 1/2', 'orders 1/1'];
    expect(await page.evaluate('look()')).toEqual([all, 'Pause', '']);
    await page.fill('[data-search]', 'BOOKS  simulated');
    expect(await page.evaluate('look()')).toEqual([['orders 1/2'], 'Pause', '1 of 3 match.']);
  });
});
