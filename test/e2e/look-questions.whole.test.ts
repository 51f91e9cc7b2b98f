import { describe, expect, it } from 'vitest';
import { loadSample } from '../../seed/sample.ts';
import { axe } from '../support/axe.ts';
import { noBrowser } from '../support/browser.ts';
import { testLog } from '../support/log.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';

const RANGE = 'from=2019-01-01&to=2019-06-01';

describe.skipIf(noBrowser !== undefined)('the questions on the dashboard', async () => {
  if (noBrowser !== undefined) return;
  const { line, context, open } = await shopInBrowser({}, {}, ({ pool }) => loadSample(pool, testLog));

  it.each(['light', 'dark'] as const)(
    'axe-core has nothing serious against the questions in the %s theme',
    async (colorScheme) => {
      const page = await context.newPage();
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto(`${line.url}/dashboard?${RANGE}`);
      await page.locator('#q-targets[data-state="ready"]').waitFor();
      await page.locator('#daily[data-state="ready"]').waitFor();
      const { violations } = await axe(page)
        .include('.questions')
        .include('#totals')
        .include('#daily')
        .analyze();
      const found = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const isWider = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect(found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(isWider).toBe(false);
    },
  );

  it('a range is chosen by the keyboard alone: arrows move a handle, Enter takes the range, Escape goes back', async () => {
    const page = await open(`/dashboard?${RANGE}`);
    await page.locator('#daily[data-state="ready"]').waitFor();
    const first = page.getByRole('slider', { name: 'First day' });
    await expect.poll(() => first.getAttribute('aria-valuetext')).toBe('Tue, 1 Jan 2019');
    await first.focus();
    for (const key of ['PageUp', 'ArrowRight']) await page.keyboard.press(key);
    expect(await first.getAttribute('aria-valuetext')).toBe('Wed, 9 Jan 2019');
    await page.keyboard.press('Enter');
    await page.waitForURL(/from=2019-01-09&to=2019-06-01/);
    await page.keyboard.press('Escape');
    await page.waitForURL(new RegExp(RANGE));
  });

  it('the totals of a range stand beside those of as many days before', async () => {
    const page = await open('/dashboard?from=2019-03-01&to=2019-04-01');
    await page.locator('#totals[data-state="ready"]').waitFor();
    expect(await page.locator('#totals [data-facts]').textContent()).toContain('29 Jan 2019 to 28 Feb 2019');
    const change = page.locator('#totals [data-total="order"] [data-change]');
    expect(await change.textContent()).toMatch(/[\d.]+% (more|fewer) than in the period before \(\d+\)/);
  });

  it('a drag over the daily chart becomes the range in the URL, and all of the history follows', async () => {
    const page = await open(`/dashboard?${RANGE}`);
    const canvas = page.locator('#daily[data-state="ready"] canvas');
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the chart is not to be seen');
    await page.mouse.move(box.x + box.width / 3, box.y + 90);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 120, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=2019-0[12]-\d\d&to=2019-03-\d\d/);
    const from = new URL(page.url()).searchParams.get('from');
    expect(await page.locator('[name="from"]').inputValue()).toBe(from);
    await page.locator('#totals [data-change]').first().getByText('in the period before').waitFor();
    await page.getByRole('button', { name: 'Back to 1 Jan 2019 to 31 May 2019' }).click();
    await page.waitForURL(new RegExp(RANGE));
  });
});
