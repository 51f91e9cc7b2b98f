// Takes the pictures of the README and of docs/pipeline.md anew: npm run screenshots -- http://127.0.0.1:3000
// The shop must be running, with its simulated shoppers. It first gets two days of events through its collector, the same ones at each
// run, so that the charts show something, and ingest is paused for a while; don't run this on a shop whose numbers matter. A word behind
// the address, `pipeline`, takes that picture alone. Needs Chromium (CHROMIUM names its path), and looks best with the font Inter.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { packageRoot } from '../src/runtime/paths.ts';
import { fillTwoDays } from './two-days.ts';

const FOLDER = path.join(packageRoot, 'docs', 'images');
const LARGE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const BANNER = /Tidal Runner/;
const MOST_LOADS = 200;
const SETTLE_MS = 1_200;
/** Of the shoppers in the picture of the pipe, and how many of their events wait in it. */
const RATE = 4;
const WAITING = 9;
const PAUSE_SECONDS = 30;
const LOOK_MS = 100;

type Theme = 'light' | 'dark';

async function open(
  browser: Browser,
  url: string,
  viewport: typeof LARGE,
  colorScheme: Theme,
): Promise<Page> {
  const page = await browser.newPage({
    viewport,
    colorScheme,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
  });
  await page.goto(url);
  return page;
}

async function save(page: Page, name: string, fullPage = false): Promise<void> {
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage });
  console.log(`docs/images/${name}.png`);
}

/** The banner is drawn at random at every visit; the README shows the same one every time. */
async function loadUntilBanner(page: Page): Promise<void> {
  for (let n = 0; n < MOST_LOADS; n += 1) {
    if (BANNER.test((await page.locator('h1').textContent()) ?? '')) return;
    await page.reload();
  }
  throw new Error(`no banner with ${BANNER} in ${MOST_LOADS} visits`);
}

async function shoot(browser: Browser, url: string): Promise<void> {
  const shop = await open(browser, url, LARGE, 'light');
  await loadUntilBanner(shop);
  await save(shop, 'shop');

  await shop.goto(`${url}/product/electronics?item=parallax-camera`);
  await save(shop, 'product');
  await shop.getByRole('button', { name: 'Order now' }).click();
  await shop.waitForURL('**/order/*');
  await save(shop, 'order');

  const phone = await open(browser, url, PHONE, 'dark');
  await loadUntilBanner(phone);
  await save(phone, 'phone');

  for (const theme of ['light', 'dark'] as const) {
    const dashboard = await open(browser, `${url}/dashboard`, { width: 1440, height: 1500 }, theme);
    await dashboard.locator('#today-orders[data-state="ready"]').waitFor();
    await save(dashboard, `dashboard-${theme}`);
  }
}

/** The pipe while ingest is paused. */
async function shootPipeline(browser: Browser, url: string): Promise<void> {
  const post = async (where: string, body: object) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(url + where, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${where} was answered with ${response.status}`);
  };
  await post('/api/simulator', { running: true, rate: RATE });
  const page = await open(browser, `${url}/pipeline`, { width: 1440, height: 1280 }, 'light');
  // As many are stored as there are cells.
  await waitForTerm(page, 'stored', 60);
  await post('/api/pipeline/parts/ingest/pause', { seconds: PAUSE_SECONDS });
  await waitForTerm(page, 'on_the_way', WAITING);
  await save(page, 'pipeline');
  await post('/api/pipeline/parts/ingest/resume', {});
}

/** Waits until a term of the ledger is at least so large; it is a dash before it is known. */
async function waitForTerm(page: Page, term: string, least: number): Promise<void> {
  const figure = page.locator(`[data-field="ledger.${term}"]`);
  const isThere = async () => Number((await figure.textContent())?.replaceAll(',', '')) >= least;
  while (!(await isThere())) await page.waitForTimeout(LOOK_MS);
}

const [url, only] = process.argv.slice(2);
if (url === undefined || !URL.canParse(url) || (only !== undefined && only !== 'pipeline')) {
  console.error(
    `screenshots: received ${[url, only].join(' ').trim() || 'nothing'}, expected the URL of a running shop, and pipeline or nothing behind it`,
  );
  process.exit(2);
}
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Chromium has no sandbox as root.
  args: ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--hide-scrollbars'].concat(
    process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  ),
});
try {
  mkdirSync(FOLDER, { recursive: true });
  const { origin } = new URL(url);
  if (only === undefined) {
    await fillTwoDays(url);
    await shoot(browser, origin);
  }
  await shootPipeline(browser, origin);
} finally {
  await browser.close();
}
