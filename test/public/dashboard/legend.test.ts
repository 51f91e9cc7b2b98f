import { describe, expect, it } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { newContext, openWith } from '../in-page.ts';

const SCRIPT = `
  import { Legend } from '/js/dashboard/legend.js';
  const legend = new Legend();
  const place = document.querySelector('[data-legend]');
  const draw = () => {
    legend.draw(place, { clothes: 12345, sneakers: 0 }, draw);
    place.dataset.hides = [...legend.hidden].join();
  };
  draw();`;

describe.skipIf(noBrowser !== undefined)('a legend', async () => {
  if (noBrowser !== undefined) return;
  const context = await newContext();

  it('a category of a legend is hidden and shown by its button, which keeps the focus', async () => {
    const page = await openWith(context, '<div data-legend></div>', SCRIPT);
    const buttons = page.locator('.legend-item');
    await buttons.first().waitFor();
    expect(await buttons.allTextContents()).toEqual([' CLOTHES 12.3 K', ' SNEAKERS 0']);
    expect(await buttons.first().getAttribute('title')).toBe('12,345');
    await buttons.first().focus();
    for (const [hides, pressed] of [
      ['clothes', 'false'],
      ['', 'true'],
    ]) {
      await page.keyboard.press('Enter');
      expect(await page.locator('[data-legend]').getAttribute('data-hides')).toBe(hides);
      expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe(pressed);
    }
  });
});
