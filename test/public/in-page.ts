// A page of a test's own with the shop's scripts, in a real browser, without a shop behind it: what the scripts ask for, the test answers.

import path from 'node:path';
import ejs from 'ejs';
import type { BrowserContext, Page } from 'playwright-core';
import { PRODUCTS } from '../../src/events/products.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { startBrowser } from '../support/browser.ts';

const VIEWS = path.join(packageRoot, 'views');
/** A secure context, as the clipboard wants one. No connection is made to it. */
const URL_OF_PAGE = 'http://localhost/';

/** What a partial of the views makes of its model. */
export const partial = (name: string, model: object): Promise<string> =>
  ejs.renderFile(path.join(VIEWS, 'partials', `${name}.ejs`), model, { root: VIEWS });

/** Categories as a page has them for its scripts, each named by its own id in capitals. */
export const categories = `<template id="category-marks">${PRODUCTS.map(
  (product) =>
    `<span data-product="${product}" data-name="${product.toUpperCase()}"><svg><path/></svg></span>`,
).join('')}</template>`;

/** @returns a context in which a page is whatever openWith() says */
export const newContext = async (): Promise<BrowserContext> =>
  (await startBrowser()).newContext({ reducedMotion: 'reduce' });

/**
 * @param body of the page, within `main` in the zone of Berlin
 * @param script a module's text, which may import /js/…; requests beside those of files are for routes of the context
 */
export async function openWith(context: BrowserContext, body: string, script: string): Promise<Page> {
  const page = await context.newPage();
  await page.route(`${URL_OF_PAGE}js/**`, (route) =>
    route.fulfill({ path: path.join(packageRoot, 'public', new URL(route.request().url()).pathname) }),
  );
  await page.route(URL_OF_PAGE, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><main data-time-zone="Europe/Berlin">${body}</main>${categories}<script type="module">${script}</script>`,
    }),
  );
  await page.goto(URL_OF_PAGE);
  return page;
}
