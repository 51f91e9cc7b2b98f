import { describe, expect, it } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';
import { zoneWhereItIsNoon } from '../support/zone.ts';

describe.skipIf(noBrowser !== undefined)('the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const { line, context, open } = await shopInBrowser({ timeZone: zoneWhereItIsNoon() });

  it('the dashboard keeps its filters in the URL, through a reload and back', async () => {
    const page = await open('/dashboard');
    await page.getByRole('link', { name: '7 days' }).click();
    await page.getByRole('combobox', { name: 'Category' }).selectOption('clothes');
    await page.waitForURL(/product=clothes/);
    await page.reload();
    expect(await page.getByRole('combobox', { name: 'Category' }).inputValue()).toBe('clothes');
    expect(await page.locator('[data-range][aria-current]').textContent()).toBe('7 days');
    await page.goBack();
    await expect.poll(() => page.getByRole('combobox', { name: 'Category' }).inputValue()).toBe('');
  });

  it('the dashboard says quietly that its connection is lost, and heals, also from an error that browsers give up on', async () => {
    const page = await context.newPage();
    // Whose connection the tests can't reach.
    await page.addInitScript('delete window.SharedWorker');
    const answers = [{ contentType: 'text/event-stream', body: 'retry: 500\n\n' }, { status: 503 }];
    await page.route('**/api/live?*', (route) => {
      const answer = answers.shift();
      return answer === undefined ? route.continue() : route.fulfill(answer);
    });
    await page.goto(`${line.url}/dashboard`);
    const connection = page.locator('[data-connection]');
    await connection.getByText('Connection lost').waitFor();
    await connection.getByText('Live').waitFor();
    expect(answers).toEqual([]);
    expect(await page.locator('[data-as-of]').textContent()).toMatch(/as of \d\d:\d\d:\d\d/);
  });
});
