// Debian's Chromium by playwright-core. Tests that need it say loudly that they are skipped where it is missing.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterFile } from './after-file.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** The same engine without a browser's own windows around it, which take most of the time of a short test. */
const SHELL = '/usr/bin/chromium-headless-shell';
/** A person's: headless Chromium says so in its own, and is taken for a robot. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36';
/** What is waited for in a page may take as long as `eventually` has, where a machine is busy. */
const PATIENCE_MS = 90_000;
const QUIET = [
  `--user-agent=${USER_AGENT}`,
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Our pages have one origin: a process for all of them, and none for each that is opened or left.
  '--disable-site-isolation-trials',
  '--renderer-process-limit=1',
];

/** Options of a page whose motion no test looks at: each of its frames is drawn without a graphics card. */
export const STILL = { reducedMotion: 'reduce' } as const;

/** Why browser tests can't run here; undefined where they can. */
export const noBrowser: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `there is no Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM`;
if (noBrowser !== undefined) console.warn(`SKIPPED: browser tests, ${noBrowser}`);

/** Of this worker: they serve all of its files, and end with it. */
const started = new Map<string, Promise<Browser>>();

/** Chromium's engine, with nothing open; what the file's tests open in it is closed after them. */
export const startBrowser = (): Promise<Browser> =>
  start(process.env.CHROMIUM === undefined && existsSync(SHELL) ? SHELL : CHROMIUM);

/** All of Chromium, for what the engine alone does not do: pages that are loaded ahead. */
export const startWholeBrowser = (): Promise<Browser> => start(CHROMIUM);

async function start(executablePath: string): Promise<Browser> {
  const starting = started.get(executablePath) ?? launch(executablePath);
  started.set(executablePath, starting);
  const browser = await starting;
  afterFile(() => Promise.all(browser.contexts().map((context) => context.close())));
  return browser;
}

/** Pages of openPage(), by their context: those that no test has now. */
const resting = new WeakMap<BrowserContext, Set<Page>>();
const lent = new WeakSet<Page>();

/** A page as a new one, for who only opens addresses in it: a new one takes Chromium twice as long. */
export async function openPage(context: BrowserContext): Promise<Page> {
  const pages = resting.get(context);
  for (const page of pages ?? []) {
    pages?.delete(page);
    if (!page.isClosed()) return page;
  }
  const page = await context.newPage();
  lent.add(page);
  return page;
}

/** After a test: its pages go, and those of openPage() are left blank for the next test; contexts stay. */
export const closePages = (browser: Browser): Promise<unknown> =>
  Promise.all(browser.contexts().flatMap((context) => context.pages().map((page) => putAway(context, page))));

async function putAway(context: BrowserContext, page: Page): Promise<void> {
  if (!lent.has(page)) return page.close();
  const pages = resting.get(context) ?? new Set();
  resting.set(context, pages);
  if (pages.has(page)) return;
  await page.goto('about:blank');
  pages.add(page);
}

async function launch(executablePath: string): Promise<Browser> {
  // As root, Chromium's sandbox can't be had.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args: [...QUIET, ...sandbox] });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
