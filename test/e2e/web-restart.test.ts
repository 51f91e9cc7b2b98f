// An open dashboard while the web process is killed and started again: it goes on by itself, without a reload.

import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { killPart } from '../chaos/victims.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { LINE, programSettings, startProgram } from '../support/program.ts';

describe.skipIf(noBrowser !== undefined)('an open dashboard', { timeout: 240_000 }, () => {
  it('shows new events after the web process was killed and is back, without a reload', async () => {
    const [program, browser] = [await startProgram(await programSettings(), LINE), await startBrowser()];
    const page = await browser.newPage();
    await page.goto(`${program.url}/dashboard`);
    const orders = async () => Number(await page.locator('[data-tile="order"] [data-number]').innerText());
    const order = async () => {
      const event = anEvent({ title: 'order' });
      const send = () => request(program.url).post('/api/events').send(event);
      await eventually(async () => (await send().catch(() => undefined))?.status === 202, 30);
    };
    await order();
    await eventually(async () => (await orders()) === 1);
    let reloads = 0;
    page.on('framenavigated', () => {
      reloads += 1;
    });
    for (const expected of [2, 3]) {
      expect(killPart('web', program.pid, program.env.DATA_DIR ?? '')).toBe(true);
      await order();
      await eventually(async () => (await orders()) === expected, 20);
    }
    expect(reloads).toBe(0);
    expect(await program.stop()).toBe(0);
  });
});
