// Debian's Chromium by playwright-core. Tests that need it say loudly that they are skipped where it is missing.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterFile } from './after-file.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
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

/** Why browser tests can't run here; undefined where they can. */
export const noBrowser: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `there is no Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM`;
if (noBrowser !== undefined) console.warn(`SKIPPED: browser tests, ${noBrowser}`);

/** Of this worker: it serves all of its files, and ends with it. */
let started: Promise<Browser> | undefined;

/** Chromium, with nothing open; what the file's tests open in it is closed after them. */
export async function startBrowser(): Promise<Browser> {
  started ??= launch();
  const browser = await started;
  afterFile(() => Promise.all(browser.contexts().map((context) => context.close())));
  return browser;
}

async function launch(): Promise<Browser> {
  // As root, Chromium's sandbox can't be had.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET, ...sandbox] });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
