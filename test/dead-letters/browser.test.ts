// A person mends a hostile message in a real browser.

import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { axe } from '../support/axe.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { setAside } from '../support/dead-letters.ts';
import { anEvent } from '../support/events.ts';
import { eventually, type Line, startLine } from '../support/line.ts';

const HOSTILE =
  '</textarea></pre><img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';

describe.skipIf(noBrowser !== undefined)('a rejected message in a browser', { timeout: 240_000 }, () => {
  let line: Line;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    line = await startLine();
    const browser = await startBrowser();
    page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // What the server refuses is no fault of the page.
      const refused = message.text().includes('status of 400');
      if (message.type() === 'error' && !refused) complaints.push(message.text());
    });
  });

  it('a rejected message in a browser appears on the open list without a reload, when somebody asks for it', async () => {
    await page.goto(`${line.url}/events/rejected`);
    await page.getByText('Nothing is set aside').waitFor();
    await setAside(line, [`{"title": ${JSON.stringify(HOSTILE)}}`]);
    await page.getByRole('link', { name: 'Show', exact: true }).click();
    await page.locator('.dead-letter').waitFor();
    expect(await page.locator('[data-count="not_an_event"]').innerText()).toBe('1');
  });

  it('a rejected message in a browser is shown as text: none of its markup is alive', async () => {
    await page.locator('.dead-letter a').click();
    await page.waitForURL(/rejected\/\d+/);
    expect(await page.locator('pre.payload').first().innerText()).toContain('<img src=x onerror=');
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).not.toContain('owned');
    expect(await page.evaluate('document.querySelector("#event").value')).toContain('</textarea>');
  });

  it('a rejected message in a browser has no serious fault for those who use a keyboard or hear the page', async () => {
    const { violations } = await axe(page).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  });

  it('a rejected message in a browser is mended and sent again with the keyboard alone, and its event is followed to the row', async () => {
    const event = anEvent();
    await page.locator('#event').focus();
    await page.locator('#event').fill('{"title": "order"');
    await page.keyboard.press('Control+Enter');
    await page.locator('[data-problem]', { hasText: 'expected JSON' }).waitFor();
    expect(await page.locator('#event').inputValue()).toBe('{"title": "order"');
    await page.locator('#event').fill(JSON.stringify(event));
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Sent again' }).waitFor();
    // In Postgres, or on the chart already.
    await eventually(
      async () => Number(await page.locator('main [data-trace]').getAttribute('data-at')) >= 2,
    );
  });

  it('a rejected message in a browser leaves no error in the browser, and breaks no Content-Security-Policy', () => {
    expect(complaints).toEqual([]);
  });
});
