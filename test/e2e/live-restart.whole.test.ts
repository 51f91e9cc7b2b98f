// An open dashboard and two visitors' open live pages while ingest and the web process are killed: they heal by themselves, and the
// live pages are what a fresh one is.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { killPart } from '../chaos/victims.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/line.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

describe.skipIf(noBrowser !== undefined)('open pages', { timeout: 400_000 }, () => {
  it('open live pages and dashboards show what came while ingest and the web were killed, without a reload, as a fresh page does', async () => {
    const settings = { ...(await programSettings()), TIME_ZONE: zoneWhereItIsNoon() };
    const [program, browser] = await Promise.all([startProgram(settings, [...LINE, 'live']), startBrowser()]);
    const dashboard = await browser.newPage();
    await dashboard.goto(`${program.url}/dashboard`);
    const orders = async () =>
      Number(await dashboard.locator('[data-tile="order"] [data-number]').innerText());
    const open = async (): Promise<Page> => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(`${program.url}/dashboard/live`);
      await page.locator('#visitors .column').last().waitFor();
      return page;
    };
    const clicks = async (page: Page) =>
      Number(
        (await page
          .locator('#categories .row', { hasText: 'Clothes' })
          .locator('.row-number')
          .textContent()) ?? 0,
      );
    const clickAndOrder = async () => {
      const context = { item: 'fjord-jumper' };
      const body = JSON.stringify([anEvent({ context }), anEvent({ title: 'order' })]);
      const headers = { 'content-type': 'application/json' };
      const send = () => fetch(`${program.url}/api/events`, { method: 'POST', headers, body });
      await eventually(async () => (await send().catch(() => undefined))?.status === 202);
    };
    const watching = [await open(), await open()];
    let reloads = 0;
    for (const page of [dashboard, ...watching]) page.on('framenavigated', () => (reloads += 1));
    let sent = 0;
    for (const victim of ['web', 'ingest', 'web'] as const) {
      await eventually(() => killPart(victim, program.pid, program.env.DATA_DIR ?? ''));
      await clickAndOrder();
      sent += 1;
      for (const page of watching) await eventually(async () => (await clicks(page)) === sent);
      await eventually(async () => (await orders()) === sent);
    }
    expect(reloads).toBe(0);
    const fresh = await open();
    const seen = (page: Page) => page.locator('#raw tbody').innerText();
    const bars = (page: Page) => page.locator('#pages [data-bars]').innerText();
    for (const page of watching) {
      await expect.poll(() => seen(page), { timeout: 90_000 }).toBe(await seen(fresh));
      expect(await bars(page)).toBe(await bars(fresh));
    }
    expect(await program.stop()).toBe(0);
  });
});
