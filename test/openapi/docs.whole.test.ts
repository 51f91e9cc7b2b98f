// /api/docs in a browser: operations are tried, and streams listened to.

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { axe } from '../support/axe.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

let line: Line;
beforeAll(async () => {
  line = await startLine();
});

describe.skipIf(noBrowser !== undefined)('/api/docs in a browser', { timeout: 240_000 }, () => {
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    const browser = await startBrowser();
    page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // What the server does not have is no fault of the page.
      const missing = message.text().includes('status of 404');
      if (message.type() === 'error' && !missing) complaints.push(message.text());
    });
  });

  it('/api/docs in a browser opens the operation that a link names, and shows what its GET answers', async () => {
    await page.goto(`${line.url}/api/docs#get_api_charts_devices`);
    const operation = page.locator('#get_api_charts_devices');
    await operation.locator('select[name="count"]').selectOption('events');
    await operation.getByRole('button', { name: 'Try it' }).click();
    await operation.locator('[data-answer] pre').waitFor();
    expect(await operation.locator('[data-answer]').innerText()).toMatch(/200 OK[\s\S]*"count": "events"/);
  });

  it('/api/docs in a browser fills parameters of the path in', async () => {
    await page.goto(`${line.url}/api/docs#get_api_dead_letters_id`);
    const operation = page.locator('#get_api_dead_letters_id');
    await operation.locator('input[name="id"]').fill('../charts/today');
    const asked = page.waitForRequest(/dead-letters/);
    await operation.getByRole('button', { name: 'Try it' }).click();
    expect((await asked).url()).toContain('/api/dead-letters/..%2Fcharts%2Ftoday');
  });

  it('/api/docs in a browser listens to a stream until it is told to stop', async () => {
    await page.goto(`${line.url}/api/docs#get_api_live`);
    const operation = page.locator('#get_api_live');
    await operation.getByRole('button', { name: 'Listen' }).click();
    await eventually(async () =>
      (await operation.locator('[data-answer]').innerText()).includes('event: today'),
    );
    await operation.getByRole('button', { name: 'Stop' }).click();
    await operation.getByRole('button', { name: 'Listen' }).waitFor();
  });

  it('/api/docs in a browser has no serious fault for those who use a keyboard or hear the page', async () => {
    const { violations } = await axe(page).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
