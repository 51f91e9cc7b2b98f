import { afterAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../src/tracing/trace.ts';
import { noBrowser } from '../support/browser.ts';
import { newContext, openWith } from './in-page.ts';
import { view } from './view.ts';

const SCRIPT = `
  import { fillTrace, newTrace } from '/js/trace.js';
  window.made = (trace) => {
    const item = newTrace(document.querySelector('template'), trace);
    document.querySelector('main').replaceChildren(item);
  };
  window.fill = (trace) => fillTrace(document.querySelector('main > li'), trace);
`;
const TRACE: Trace = {
  order_id: 'abc',
  title: 'banner_click',
  product: 'sneakers',
  received_at: '2026-03-02T09:00:00.250Z',
  robot: false,
  lost: null,
  kafka: null,
  postgres: null,
  chart: null,
};
const KAFKA = { topic: 'ecommerce', partition: 1, offset: '7', ms: 4 };

describe.skipIf(noBrowser !== undefined)('a trace', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();
  afterAll(() => context.close());
  const body = `<template>${await view('partials/traces', { traces: [null] })}</template>`;

  it('a trace that is made from the blank one is of one event, and moves on as the event does', async () => {
    const page = await openWith(context, body, SCRIPT);
    await page.waitForFunction('window.fill');
    const call = (name: 'made' | 'fill', trace: Trace) => page.evaluate(`${name}(${JSON.stringify(trace)})`);
    const item = page.locator('main > li');
    const stations = async () =>
      (await item.locator('[data-station]').allTextContents()).map((text) =>
        text.split(/\s+/).join(' ').trim(),
      );
    await call('made', TRACE);
    expect(await item.getAttribute('data-trace')).toBe('abc');
    expect(await item.getAttribute('data-received')).toBe(TRACE.received_at);
    expect(await item.getAttribute('class')).toBe('trace of-sneakers');
    expect(await item.locator('a').first().getAttribute('href')).toBe('/events/abc');
    expect((await item.locator('[data-title]').allTextContents()).map((text) => text.trim())).toEqual([
      'banner_click',
    ]);
    expect(await item.locator('[data-product]').textContent()).toBe('SNEAKERS');
    expect(await item.getAttribute('data-at')).toBe('0');
    expect(await stations()).toEqual(['received 09:00:00.250', 'Kafka', 'Postgres', 'chart']);
    await call('fill', { ...TRACE, kafka: KAFKA, postgres: { ms: 10.5 }, robot: true, chart: { ms: 12 } });
    expect(await item.getAttribute('data-at')).toBe('3');
    expect(await item.locator('[data-done]').count()).toBe(4);
    expect(await stations()).toEqual([
      'received 09:00:00.250',
      'Kafka partition 1, offset 7 +4 ms',
      'Postgres one row +6.5 ms',
      'chart left out +1.5 ms',
    ]);
    expect(await item.locator('[data-robot]').isVisible()).toBe(true);
    await call('fill', { ...TRACE, lost: 'the disk is full' });
    expect(await item.getAttribute('data-lost')).toBe('');
    expect(await item.locator('[data-lost-text]').textContent()).toBe('the disk is full');
    expect(await item.locator('[data-robot]').isVisible()).toBe(false);
  });
});
