// A page of a test's own with the shop's scripts, in a real browser, without a shop behind it: what the scripts ask for, the test answers.

import { createRequire } from 'node:module';
import path from 'node:path';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { PRODUCTS } from '../../src/events/products.ts';
import { packageRoot } from '../../src/runtime/paths.ts';
import { startBrowser } from '../support/browser.ts';
import { view } from './view.ts';

/** A secure context, as the clipboard wants one. No connection is made to it. */
const ORIGIN = 'http://localhost';
const CHART_JS = path.join(
  path.dirname(createRequire(import.meta.url).resolve('chart.js')),
  'chart.umd.min.js',
);

/** The HTML of a partial of the views. */
export const partial = (name: string, model: object): Promise<string> => view(`partials/${name}`, model);

/** Categories as a page has them for its scripts, each named by its own id in capitals. */
export const categories = `<template id="category-marks">${PRODUCTS.map(
  (product) =>
    `<span data-product="${product}" data-name="${product.toUpperCase()}"><svg><path/></svg></span>`,
).join('')}</template>`;

/** Chart.js, for the bodies of pages whose scripts draw charts. */
export const charts = '<script src="/vendor/chart.umd.min.js"></script>';

/** @returns a context in which a page is whatever openWith() or openView() says */
export const newContext = async (): Promise<BrowserContext> =>
  (await startBrowser()).newContext({ reducedMotion: 'reduce' });

/** Answers with the scripts and styles of the shop, and with Chart.js; anything else is for other routes. */
function files(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url());
  if (pathname.startsWith('/vendor/')) return route.fulfill({ path: CHART_JS });
  if (/^\/(?:js|css)\//.test(pathname))
    return route.fulfill({ path: path.join(packageRoot, 'public', pathname) });
  return route.fallback();
}

async function open(
  context: BrowserContext,
  html: string,
  address: string,
  prepare: (page: Page) => unknown,
): Promise<Page> {
  const page = await context.newPage();
  await page.route(`${ORIGIN}/**`, files);
  await page.route(
    ({ pathname }) => pathname === new URL(address, ORIGIN).pathname,
    (route) =>
      route.request().isNavigationRequest() && route.request().method() === 'GET'
        ? route.fulfill({ contentType: 'text/html; charset=utf-8', body: html })
        : route.fallback(),
  );
  await prepare(page);
  await page.goto(ORIGIN + address);
  return page;
}

/**
 * @param body of the page, within `main` in the zone of Berlin
 * @param script a module's text, which may import /js/…; requests beside those of files are for routes of the context
 */
export const openWith = (context: BrowserContext, body: string, script: string): Promise<Page> =>
  open(
    context,
    `<!doctype html><main data-time-zone="Europe/Berlin">${body}</main>${categories}<script type="module">${script}</script>`,
    '/',
    () => {},
  );

/**
 * Opens a whole page as its view draws it, with the scripts that it names.
 * @param name of the view
 * @param model beside its layout
 * @param address path and query of the page
 * @param prepare is given the page before it is opened, for routes that answer what its scripts ask for
 */
export async function openView(
  context: BrowserContext,
  name: string,
  model: object,
  address: string,
  prepare: (page: Page) => unknown = () => {},
): Promise<Page> {
  return open(context, await view(name, model), address, prepare);
}
