// What every page owes its reader, in both themes and at a phone's width: nothing that axe-core objects to, nothing
// wider than the screen, nothing that the Content-Security-Policy refuses, and little to download. One visit yields it all.
// LOOK=full (npm run test:look) looks at all widths and by all rules in the dark theme, too, on pages that are opened in it, and at
// the colours of every element. Else those of one element of each style are looked at, as that takes a third of the time.

import type { BrowserContext, Page, Request } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { axe } from '../support/axe.ts';
import { noBrowser, startBrowser } from '../support/browser.ts';
import { eventually, startLine } from '../support/line.ts';

const KB = 1000;
const ALL_SCRIPTS = 110 * KB;
const OWN = 30 * KB;
const LARGE = 1440;
const PAGES = 17;
const WIDTHS = [320, 360, 390, 768, LARGE];
const FULL = process.env.LOOK === 'full';
/** What axe-core finds in one theme and not in the other is about colours; no width is another one's in the dark. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
type Theme = 'light' | 'dark';
const THEMES: Record<Theme, { widths: readonly number[]; rules: 'all' | 'colours' }> = {
  light: { widths: WIDTHS, rules: 'all' },
  dark: FULL ? { widths: WIDTHS, rules: 'all' } : { widths: [320, LARGE], rules: 'colours' },
};
const THEME_NAMES = Object.keys(THEMES) as Theme[];
/** Each page is taken through these: by turns forwards, so that it is opened on a phone in the light, and backwards. */
const LOOKS = THEME_NAMES.flatMap((theme) => THEMES[theme].widths.map((width) => ({ theme, width })));

/** What was found in one theme, by page. */
type Found = {
  readonly objections: Record<string, string[]>;
  readonly wider: Record<number, Record<string, object[]>>;
  readonly complaints: string[];
};
const nothingYet = (): Found => ({ objections: {}, wider: {}, complaints: [] });

const screen = (width: number) => ({ width, height: 844 });

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

const ONE_OF_ITS_STYLE = 'data-one-of-its-style';

/** Marks one text of each style that a rule about colours can tell from others: its letters, its parent's colour, and what is behind it. */
const MARK_STYLES = `(() => {
  const PLAIN = 'rgba(0, 0, 0, 0),none,1,none';
  const grounds = new Map([[null, '']]);
  const groundOf = (node) => {
    if (!grounds.has(node)) {
      const { backgroundColor, backgroundImage, opacity, filter } = getComputedStyle(node);
      const own = [backgroundColor, backgroundImage, opacity, filter].join();
      grounds.set(node, groundOf(node.parentElement) + (own === PLAIN ? '' : own + ';'));
    }
    return grounds.get(node);
  };
  const says = ({ tagName, childNodes }) =>
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(tagName) || [...childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== '');
  const seen = new Set();
  for (const node of document.body.querySelectorAll('*')) {
    node.removeAttribute('${ONE_OF_ITS_STYLE}');
    if (!says(node) || !node.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textShadow, textDecorationLine, borderBottomStyle } = getComputedStyle(node);
    const letters = [color, fontSize, fontWeight, textShadow, textDecorationLine, borderBottomStyle];
    const style = [node.tagName, ...letters, getComputedStyle(node.parentElement).color, groundOf(node)].join();
    if (!seen.has(style)) node.setAttribute('${ONE_OF_ITS_STYLE}', '');
    seen.add(style);
  }
})()`;

async function axeObjections(page: Page, rules: 'all' | 'colours'): Promise<string[]> {
  const isThere = await page.evaluate<boolean>('window.axe !== undefined');
  if (FULL) return objectionsOf(axe(page, isThere));
  const others = rules === 'all' ? await objectionsOf(axe(page, isThere).disableRules(COLOURS)) : [];
  await page.evaluate(MARK_STYLES);
  const marked = axe(page, isThere || rules === 'all').include(`[${ONE_OF_ITS_STYLE}]`);
  return [...others, ...(await objectionsOf(marked.withRules(COLOURS)))];
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

describe.skipIf(noBrowser !== undefined)('every page', async () => {
  if (noBrowser !== undefined) return;
  const [{ url }, browser] = await Promise.all([startLine(), startBrowser()]);

  async function withPage(
    options: Parameters<typeof browser.newContext>[0],
    use: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    try {
      await use(await context.newPage(), context);
    } finally {
      await context.close();
    }
  }

  const found: Record<Theme, Found> = { light: nothingYet(), dark: nothingYet() };
  beforeAll(async () => {
    for (const looks of FULL ? [LOOKS, LOOKS.toReversed()] : [LOOKS]) await lookAtAll(looks);
  }, 600_000);

  async function lookAtAll(looks: typeof LOOKS): Promise<void> {
    const [first] = looks;
    let theme = first?.theme ?? 'light';
    await withPage({ colorScheme: theme, viewport: screen(first?.width ?? 0) }, async (page) => {
      const complain = (message: string) => found[theme].complaints.push(message);
      page.on('pageerror', (error) => complain(error.message));
      page.on('console', (message) => {
        // The error page is a 404, which Chromium reports as well.
        if (message.type() === 'error' && !message.text().includes('404')) complain(message.text());
      });
      let next = looks;
      await visitAll(page, url, async (name) => {
        for (const look of next) {
          theme = look.theme;
          await page.emulateMedia({ colorScheme: theme });
          await page.setViewportSize(screen(look.width));
          await lookAt(page, name, look);
        }
        next = next.toReversed();
      });
    });
  }

  async function lookAt(page: Page, name: string, { theme, width }: (typeof LOOKS)[number]): Promise<void> {
    const { objections, wider } = found[theme];
    wider[width] = {
      ...wider[width],
      [name]: [...(wider[width]?.[name] ?? []), ...(await widerThanScreen(page))],
    };
    if (width !== LARGE) return;
    objections[name] = [...(objections[name] ?? []), ...(await axeObjections(page, THEMES[theme].rules))];
  }

  describe.each(THEME_NAMES)('in the %s theme', (theme) => {
    const { objections, wider, complaints } = found[theme];
    const nothing = () => Object.fromEntries(Object.keys(objections).map((name) => [name, []]));

    it('has nothing that axe-core objects to', () => {
      expect(Object.keys(objections)).toHaveLength(PAGES);
      expect(objections).toEqual(nothing());
    });

    it.each(THEMES[theme].widths)('fits %i px without scrolling sideways, in whatever font', (width) => {
      expect(wider[width]).toEqual(nothing());
    });

    it('asks for nothing that the Content-Security-Policy refuses, and no script fails', () => {
      expect(complaints).toEqual([]);
    });
  });

  it('weighs at most 110 KB of compressed script, 30 KB of our own, and 30 KB of CSS', async () => {
    for (const [path, drawn] of [
      ['/', '.trace-bar'],
      ['/product/clothes', '.trace-bar'],
      ['/dashboard', '#devices:not([data-state="loading"])'],
    ] as const) {
      const weights = { all: 0, own: 0, css: 0 };
      // A context each, as the second page would find the first one's files in the cache.
      await withPage({}, async (page) => {
        const weighed: Promise<void>[] = [];
        const weigh = async (request: Request) => {
          const { responseBodySize: size } = await request.sizes();
          const { pathname } = new URL(request.url());
          if (request.resourceType() === 'script') weights.all += size;
          if (/^\/files\/\w+\/js\//.test(pathname)) weights.own += size;
          if (/^\/files\/\w+\/css\//.test(pathname)) weights.css += size;
        };
        page.on('requestfinished', (request) => {
          if (['script', 'stylesheet'].includes(request.resourceType())) weighed.push(weigh(request));
        });
        await page.goto(url + path, { waitUntil: 'load' });
        await page.locator(drawn).first().waitFor({ state: 'attached' });
        await Promise.all(weighed);
      });
      expect(Math.min(weights.own, weights.css), path).toBeGreaterThan(0);
      expect(weights.all, path).toBeLessThanOrEqual(ALL_SCRIPTS);
      expect(weights.own, path).toBeLessThanOrEqual(OWN);
      expect(weights.css, path).toBeLessThanOrEqual(OWN);
    }
  });

  it('remembers the chosen theme, and forgets it when it is the system’s again', async () => {
    await withPage({ colorScheme: 'light' }, async (page) => {
      const theme = () => page.evaluate('document.documentElement.dataset.theme ?? null');
      await page.goto(url);
      await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
      await page.goto(`${url}/product/clothes`);
      expect(await theme()).toBe('dark');
      await page.getByRole('button', { name: 'Switch to the light theme' }).click();
      await page.reload();
      expect(await theme()).toBe(null);
    });
  });

  it('is a single narrow column where the mobile version is forced on a large screen', async () => {
    await withPage({ viewport: { width: 1440, height: 900 } }, async (page) => {
      await page.goto(url);
      await page.getByRole('button', { name: 'You' }).click();
      await page.getByRole('button', { name: 'mobile' }).click();
      await page.waitForLoadState();
      const box = await page.locator('.page').boundingBox();
      expect(box?.width).toBe(430);
    });
  });
});
