// A shop of its own and a browser's context to look at it, for the tests of one describe: each test's pages are put away after it.

import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterEach } from 'vitest';
import { closePages, openPage, startBrowser } from './browser.ts';
import { type Line, type LineOptions, startLine } from './line.ts';

/** @param prepare is called with the line before any page is opened */
export async function shopInBrowser(
  given: LineOptions = {},
  options: BrowserContextOptions = {},
  prepare: (line: Line) => Promise<unknown> = async () => {},
) {
  const [line, browser] = await Promise.all([startLine(given), startBrowser()]);
  await prepare(line);
  const context = await browser.newContext(options);
  afterEach(() => closePages(browser));

  /** A page at a path of the shop. @param visitor who has cookies of its own */
  async function open(path: string, visitor: BrowserContext = context): Promise<Page> {
    const page = await openPage(visitor);
    await page.goto(line.url + path);
    return page;
  }
  return { line, browser, context, open };
}
