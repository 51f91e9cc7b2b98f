// The live page with the keyboard alone: every control is reached and seen to be, does what it is for, and what it opened gives the focus
// back.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PANEL_NAMES, PANELS } from '../../src/dashboard/panels/panels.ts';
import { noBrowser, STILL } from '../support/browser.ts';
import { anEvent } from '../support/events.ts';
import { shopInBrowser } from '../support/shop-in-browser.ts';

/** Notes what a Tab key has to reach, in the order of the page, and says how many these are. */
const NOTE_CONTROLS = `(() => {
  const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]');
  window.controls = [...all].filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }));
  return window.controls.length;
})()`;

type Focused = {
  /** Of the noted ones; -1: none of them. */
  readonly number: number;
  readonly name: string;
  /** Whether it is on the screen, with an outline around it. */
  readonly isSeen: boolean;
};
const FOCUSED = `(() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const { top, bottom, left, right } = one.getBoundingClientRect();
  const isOnScreen = bottom > Math.max(top, 0) && top < innerHeight && right > Math.max(left, 0) && left < innerWidth;
  return {
    number: window.controls?.indexOf(one) ?? -1,
    name: [one.id, one.getAttribute('aria-label') ?? one.textContent.trim().slice(0, 40)].filter(Boolean).join(' '),
    isSeen: isOnScreen && outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2,
  };
})()`;

const barPanels = PANEL_NAMES.filter((name) => 'bars' in PANELS[name]);

describe.skipIf(noBrowser !== undefined)('the keyboard alone', async () => {
  if (noBrowser !== undefined) return;
  const { line, context, open } = await shopInBrowser({}, STILL, async ({ url }) => {
    const events = [
      anEvent(),
      anEvent({ title: 'banner_show' }),
      anEvent({ context: { item: 'fjord-jumper' } }),
    ];
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}/api/events`, { method: 'POST', headers, body: JSON.stringify(events) });
  });

  /** A live page that shows something, now or as of an instant. */
  async function openLive(query = ''): Promise<Page> {
    const page = await open(`/dashboard/live${query}`);
    await page.locator('#visitors .column').last().waitFor();
    await page.locator('#raw tbody tr').nth(2).waitFor();
    return page;
  }
  const focused = (page: Page) => page.evaluate<Focused>(FOCUSED);
  const isFocused = (page: Page, selector: string) =>
    page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`);
  const hrefs = (page: Page, selector: string) =>
    page
      .locator(selector)
      .evaluateAll((links) => links.map((link) => (link as unknown as { href: string }).href));

  it('the Tab key reaches every control of the live page in its order, and each is seen to have the focus', async () => {
    const page = await openLive();
    const count = await page.evaluate<number>(NOTE_CONTROLS);
    expect(count).toBeGreaterThan(80);
    const reached: Focused[] = [];
    for (let n = 0; n < count; n += 1) {
      await page.keyboard.press('Tab');
      reached.push(await focused(page));
    }
    expect(reached.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, n) => n));
    expect(reached.filter(({ isSeen }) => !isSeen)).toEqual([]);
  });

  it('arrow keys rewind all panels and links, and who comes back to now is at the slider again', async () => {
    const page = await openLive();
    const slider = page.locator('[data-rewind]');
    await slider.focus();
    for (let minutes = 0; minutes < 20; minutes += 1) await page.keyboard.press('ArrowLeft');
    await page.locator('#visitors', { hasText: 'Nobody in 15 minutes' }).waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/, (?:19|20|21) minutes ago$/);
    const at = new URL(page.url()).searchParams.get('at');
    expect(at).toMatch(/^\d{4}-/);
    const links = await hrefs(page, '.panel-tools a');
    expect(links).toHaveLength(2 * PANEL_NAMES.length);
    for (const link of [...links, ...(await hrefs(page, '[data-present]'))])
      expect(new URL(link).searchParams.get('at')).toBe(at);
    const visitors = links.find((link) => /panel=visitors&.*format=json/.test(link)) ?? '';
    const { rows, meta } = await (await page.request.get(visitors)).json();
    expect(meta.as_of).toBe(at);
    expect(rows.some(({ events }: { events: number }) => events > 0)).toBe(false);
    await page.keyboard.press('Tab');
    expect(await isFocused(page, '[data-rewind-now]')).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('#visitors', { hasText: 'in this minute' }).waitFor();
    expect(await isFocused(page, '[data-rewind]')).toBe(true);
    expect(await slider.getAttribute('aria-valuetext')).toBe('now');
    for (const link of await hrefs(page, '.panel-tools a, [data-present]'))
      expect(new URL(link).searchParams.has('at')).toBe(false);
  });

  it.each(barPanels)(
    'Enter on a bar of %s opens what is in it, and Escape gives the bar the focus back',
    async (name) => {
      const page = await openLive();
      const bar = page.locator(`#${name} [data-of]`).last();
      const label = (await bar.getAttribute('aria-label')) ?? '';
      await bar.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('heading', { name: /: \d+ rows?$/ }).waitFor();
      expect(await isFocused(page, 'dialog button')).toBe(true);
      await page.keyboard.press('Tab');
      expect(await isFocused(page, 'dialog [tabindex="0"]')).toBe(true);
      await page.keyboard.press('Escape');
      await expect.poll(() => dialog.count()).toBe(0);
      expect(await isFocused(page, `#${name} [data-of]`)).toBe(true);
      expect((await focused(page)).isSeen).toBe(true);
      expect(label).not.toBe('');
    },
  );

  it('an arrow key chooses a filter, which has the focus on the page that comes', async () => {
    const page = await openLive();
    await page.locator('#whose-robots').focus();
    for (const robots of ['include', 'only']) {
      await page.keyboard.press('ArrowDown');
      await page.waitForURL(new RegExp(`[?&]robots=${robots}&`));
      await page.locator('#visitors .column').last().waitFor();
      await expect.poll(() => isFocused(page, '#whose-robots')).toBe(true);
    }
    expect((await focused(page)).isSeen).toBe(true);
    expect(await page.evaluate('scrollY')).toBe(0);
  });

  it('a filter and present mode keep the instant of a look back, and the slider stands where it is', async () => {
    const at = new Date(Date.now() - 20 * 60_000).toISOString();
    const page = await open(`/dashboard/live?at=${at}`);
    await page.locator('#visitors', { hasText: 'Nobody in 15 minutes' }).waitFor();
    expect(Number(await page.locator('[data-rewind]').inputValue())).toBeCloseTo(-20, -1);
    await page.locator('#whose-simulated').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForURL(/[?&]simulated=only&/);
    expect(new URL(page.url()).searchParams.get('at')).toBe(at);
    await page.locator('main[data-rewound]').waitFor();
    await page.locator('[data-present]').press('Enter');
    await page.waitForURL(/[?&]present=/);
    await page.locator('main[data-rewound]').waitFor();
    await page.locator('[data-as-of]', { hasText: 'As of' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.searchParams.has('present'));
    expect(new URL(page.url()).searchParams.get('at')).toBe(at);
  });

  it('Enter goes to present mode; Escape closes a list there, then leaves to the link that led there', async () => {
    const page = await openLive();
    await page.locator('[data-present]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/[?&]present=/);
    const bar = page.locator('#visitors [data-of]').last();
    await bar.waitFor();
    await bar.focus();
    await page.keyboard.press('Space');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: /: \d+ rows?$/ }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);
    expect(await isFocused(page, '#visitors [data-of]')).toBe(true);
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/dashboard\/live\?#present$/);
    await expect.poll(() => isFocused(page, '[data-present]')).toBe(true);
    expect((await focused(page)).isSeen).toBe(true);
  });

  it('Space changes what is counted, pauses the raw events and proves the sessions, and the focus stays', async () => {
    const page = await openLive();
    const people = page.locator('[data-count="people"]');
    const events = page.locator('[data-count="events"]');
    const pressed = () => Promise.all([people, events].map((one) => one.getAttribute('aria-pressed')));
    await events.focus();
    await page.keyboard.press('Space');
    await page.locator('#visitors [data-reading]', { hasText: 'event' }).waitFor();
    expect(await pressed()).toEqual(['false', 'true']);
    expect(await isFocused(page, '[data-count="events"]')).toBe(true);
    await page.locator('[data-prove]').focus();
    await page.keyboard.press('Space');
    await page.locator('[data-proof]', { hasText: /difference|could not/ }).waitFor();
    expect(await isFocused(page, '[data-prove]')).toBe(true);
    await page.locator('[data-pause]').focus();
    await page.keyboard.press('Space');
    await context.request.post(`${line.url}/api/events`, { data: [anEvent()] });
    await page.getByRole('button', { name: /Go on \(\+[1-9]\d* new\)/ }).waitFor();
    expect(await isFocused(page, '[data-pause]')).toBe(true);
    // Of a look back it would be of another instant.
    await page.locator('[data-rewind]').focus();
    await page.keyboard.press('Home');
    await page.locator('main[data-rewound]').waitFor();
    await expect.poll(() => page.locator('#raw tbody tr').count()).toBe(0);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
  });
});
