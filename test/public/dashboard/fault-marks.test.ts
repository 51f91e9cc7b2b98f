import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { faultBands, faultLegend, watchFaults } from '/js/dashboard/fault-marks.js';
  window.changes = 0;
  window.look = watchFaults(() => '2026-03-01T00:00:00.000Z', () => { window.changes += 1; });
  window.legend = () => faultLegend(Date.parse('2026-03-02T00:00:00Z'), Date.parse('2026-03-03T00:00:00Z'))
    .map(({ textContent }) => textContent);
  // What a plugin asks of a chart that has no axis of time.
  window.draw = () => faultBands.beforeDatasetsDraw({ chartArea: {}, scales: {} });`;

const FAULT = {
  source: 'tests',
  fault: 'kafka cut',
  share: null,
  from: '2026-03-02T11:00:00Z',
  to: '2026-03-02T11:05:00Z',
};

describe.skipIf(noBrowser !== undefined)('marks of faults', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  /** A page whose shop answers by turns; the last answer again and again. */
  async function open(
    ...answers: readonly (object | number)[]
  ): Promise<{ page: Page; loaded: string[]; asked: () => number }> {
    const page = await openWith(context, '', SCRIPT);
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    let asked = 0;
    await page.route('**/api/faults?*', (route) => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return typeof answer === 'number' ? route.fulfill({ status: answer }) : route.fulfill({ json: answer });
    });
    await page.waitForFunction('window.draw');
    return { page, loaded, asked: () => asked };
  }
  const drawer = '/js/dashboard/fault-bands.js';

  it('what draws faults is not loaded before there was one, nor where the shop is away', async () => {
    const { page, loaded } = await open(503, { rows: [] }, { rows: [FAULT] });
    for (const asked of ['away', 'none']) {
      await page.evaluate('look()');
      expect([asked, loaded.includes(drawer), await page.evaluate('legend()')]).toEqual([asked, false, []]);
      await page.evaluate('draw()');
    }
    await page.evaluate('look()');
    expect(loaded).toContain(drawer);
    expect(await page.evaluate('legend()')).toHaveLength(1);
    expect(await page.evaluate('changes')).toBe(1);
    await page.evaluate('draw()');
  });

  it('once there was a fault, each look tells the newest ones', async () => {
    const { page, asked } = await open({ rows: [FAULT] }, { rows: [FAULT] }, { rows: [FAULT, FAULT] });
    await page.evaluate('look()');
    await page.evaluate('look()');
    expect(await page.evaluate('legend()')).toHaveLength(2);
    expect([await page.evaluate('changes'), asked()]).toEqual([2, 3]);
  });
});
