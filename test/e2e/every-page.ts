// What every page owes its reader, in both themes and at a phone's width: nothing that axe-core objects to, nothing
// wider than the screen, nothing that the Content-Security-Policy refuses. One visit yields it all.

import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axe } from '../support/axe.ts';
import { eventually } from '../support/eventually.ts';

const PAGES = 17;
const COLOURS = ['color-contrast', 'link-in-text-block'];
/** Of axe-core; those about colours take as long as all others. */
export type Rules = 'all' | 'all but colours';
export type Theme = 'light' | 'dark';
/** A screen on which each page is looked at, and what axe-core is asked about it there. */
export type Look = {
  readonly theme: Theme;
  readonly width: number;
  readonly rules?: Rules;
  /** The pages that axe-core is asked about; left out = all. */
  readonly pages?: readonly string[];
};

/** What was found in one theme, by page; what axe-core says by page and width. */
type Found = {
  readonly objections: Record<string, string[]>;
  readonly wider: Record<number, Record<string, object[]>>;
  readonly complaints: string[];
};

/** What makes the page wider than the screen, in narrow, usual and wide letters: elements that end right of it, and whose box nobody cuts. */
const WIDER = `(() => {
  const cut = (node) => node !== null && (getComputedStyle(node).overflowX !== 'visible' || cut(node.parentElement));
  const wider = () => {
    const screen = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= screen) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((node) => node.getBoundingClientRect().right > screen + 0.5 && !cut(node.parentElement))
      .map((node) => ({ tag: node.tagName, class: String(node.className), right: node.getBoundingClientRect().right }))
      .slice(0, 5)
      .concat({ screen, scrolls: document.documentElement.scrollWidth });
  };
  const usual = wider();
  const letters = new CSSStyleSheet();
  document.adoptedStyleSheets.push(letters);
  const others = ['0.08em', '-0.04em'].flatMap((spacing) => {
    letters.replaceSync('* { letter-spacing: ' + spacing + ' !important }');
    return wider();
  });
  document.adoptedStyleSheets.pop();
  return [...usual, ...others];
})()`;

/** What is wider than the screen for good: a chart takes its new width a moment after its page. */
async function widerThanScreen(page: Page): Promise<object[]> {
  let found: object[] = [];
  await eventually(async () => {
    found = await page.evaluate(WIDER);
    return found.length === 0;
  }, 5).catch(() => {});
  return found;
}

async function axeObjections(page: Page, rules: Rules): Promise<string[]> {
  const builder = axe(page, await page.evaluate<boolean>('window.axe !== undefined'));
  return objectionsOf(rules === 'all' ? builder : builder.disableRules(COLOURS));
}

async function objectionsOf(builder: ReturnType<typeof axe>): Promise<string[]> {
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`);
}

/** Wider than a phone, and nowhere to break. */
const LONG_WORD = 'umbrella'.repeat(12);

const DEFINITION = {
  name: 'look',
  description: `What the pages of the aggregator look like with ${LONG_WORD} in them`,
  topic: 'ecommerce',
  group: { fields: ['product', 'title'], periods: [{ field: 'time', period: 'HOUR' }] },
  aggregate: [{ operation: 'COUNT' }, { field: 'target', operation: 'SUM' }],
  flush: {
    by: 'TIMEOUT',
    timeout: { type: 'MONTH', day: 31, time: '02:30', zone: 'Europe/Berlin' },
    conditions: [
      { name: 'many', aggregate: 'count', operator: '>=', value: 1_000 },
      { name: 'any', field: 'title', type: 'text', operator: 'contains', value: 'show' },
    ],
  },
} as const;

/** Visits every page by the way a visitor takes; `look` is called on each. */
async function visitAll(page: Page, url: string, look: (name: string) => Promise<void>): Promise<void> {
  await page.goto(`${url}/`);
  await look('home');
  await page.goto(`${url}/product/sports_nutrition`);
  await look('product');
  await page.getByRole('button', { name: 'Order now' }).click();
  await page.waitForURL('**/order/*');
  await page.locator('.large [data-station="postgres"][data-done]').waitFor();
  await look('order');
  await page.goto(`${url}/events/${page.url().split('/').pop()}`);
  await look('event');
  await page.goto(`${url}/events/rejected`);
  await look('rejected');
  await page.goto(`${url}/api/docs`);
  await look('api docs');
  await page.goto(`${url}/product/${LONG_WORD}`);
  await look('error');
  await page.goto(`${url}/dashboard`);
  await page.locator('#today[data-state="ready"]').waitFor();
  await page.locator('#devices:not([data-state="loading"])').waitFor();
  await look('dashboard');
  await page.goto(`${url}/dashboard/live`);
  await page.locator('#raw tbody tr').first().waitFor();
  await look('live');
  await page.goto(`${url}/dashboard/sessions?visitor=nobody`);
  await look('sessions');
  await page.goto(`${url}/offers`);
  await look('offers');
  await page.goto(`${url}/pipeline`);
  await page.locator('[data-partitions] tr').first().waitFor({ state: 'attached' });
  await look('pipeline');
  await page.goto(`${url}/lessons`);
  await look('lessons');
  await page.goto(`${url}/lessons/quiz`);
  await look('quiz');
  await page.request.post(`${url}/api/aggregator/definitions`, { data: DEFINITION });
  await page.goto(`${url}/aggregator`);
  await look('aggregator');
  await page.goto(`${url}/aggregator/definitions/look`);
  await look('definition');
  await page.goto(`${url}/aggregator/definitions/look/edit`);
  await page.locator('[data-preview] tbody tr').first().waitFor();
  await look('definition, changed');
}

/**
 * Visits every page, and takes each through these looks: by turns forwards and backwards, the first page forwards.
 * @param url the shop's
 * @returns what was found by theme
 */
export async function lookAtEveryPage(
  url: string,
  browser: Browser,
  looks: readonly [Look, ...Look[]],
): Promise<Record<Theme, Found>> {
  const nothingYet = (): Found => ({ objections: {}, wider: {}, complaints: [] });
  const found = { light: nothingYet(), dark: nothingYet() };
  let { theme } = looks[0];
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    colorScheme: theme,
    viewport: screen(looks[0].width),
  });
  const page = await context.newPage();
  const complain = (message: string) => found[theme].complaints.push(message);
  page.on('pageerror', (error) => complain(error.message));
  page.on('console', (message) => {
    // The error page is a 404, which Chromium reports as well.
    if (message.type() === 'error' && !message.text().includes('404')) complain(message.text());
  });
  let next: readonly Look[] = looks;
  await visitAll(page, url, async (name) => {
    for (const look of next) {
      theme = look.theme;
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize(screen(look.width));
      await lookAt(page, name, look, found[theme]);
    }
    next = next.toReversed();
  });
  await context.close();
  return found;
}

const screen = (width: number) => ({ width, height: 844 });

async function lookAt(page: Page, name: string, look: Look, found: Found): Promise<void> {
  const { width, rules, pages = [name] } = look;
  found.wider[width] = { ...found.wider[width], [name]: await widerThanScreen(page) };
  if (rules !== undefined && pages.includes(name))
    found.objections[`${name} at ${width} px`] = await axeObjections(page, rules);
}

/**
 * Declares the tests of what was found.
 * @param found is asked when they run
 */
export function expectNothingOf(looks: readonly Look[], found: () => Record<Theme, Found>): void {
  describe.each([...new Set(looks.map(({ theme }) => theme))])('in the %s theme', (theme) => {
    const widths = looks.filter((look) => look.theme === theme).map(({ width }) => width);
    const asked = looks
      .filter((look) => look.theme === theme && look.rules !== undefined)
      .reduce((sum, { pages }) => sum + (pages?.length ?? PAGES), 0);
    const nothingOn = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, []]));

    it('no page has anything that axe-core objects to', () => {
      const { objections } = found()[theme];
      expect(Object.keys(objections)).toHaveLength(asked);
      expect(objections).toEqual(nothingOn(objections));
    });

    it.each(widths)('every page fits %i px without scrolling sideways, in whatever font', (width) => {
      const wider = found()[theme].wider[width] ?? {};
      expect(Object.keys(wider)).toHaveLength(PAGES);
      expect(wider).toEqual(nothingOn(wider));
    });

    it('no page asks for what its Content-Security-Policy refuses, and no script fails', () => {
      expect(found()[theme].complaints).toEqual([]);
    });
  });
}
