// Debian's Chromium by playwright-core. Tests that need it say loudly that they are skipped where it is missing.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
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

/** After a test: its pages, not the contexts, as a page in a new one costs twice as much. */
export const closePages = (browser: Browser): Promise<unknown> =>
  Promise.all(browser.contexts().flatMap((context) => context.pages().map((page) => page.close())));

async function launch(executablePath: string): Promise<Browser> {
  // As root, Chromium's sandbox can't be had.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath, args: [...QUIET, ...sandbox] });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
