// Debian's Chromium by playwright-core. Tests that need it say loudly that they are skipped where it is missing.

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterFile } from './after-file.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** A person's: headless Chromium says so in its own, and is taken for a robot. */
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36';
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

/** Starts Chromium, closed after the file's tests. */
export async function startBrowser(): Promise<Browser> {
  // As root, Chromium's sandbox can't be had.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...QUIET, ...sandbox] });
  afterFile(() => browser.close());
  return browser;
}
