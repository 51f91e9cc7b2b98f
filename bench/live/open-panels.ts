// Open live pages: many streams, and one page in a real browser that records when an event was painted.

import { chromium } from 'playwright-core';

export type OpenPanels = { close(): void };

/** Opens `count` streams of the live panels. */
export async function openPanels(url: string, count: number): Promise<OpenPanels> {
  const ending = new AbortController();
  const open = async () => {
    const response = await fetch(`${url}/api/live/panels/stream`, { signal: ending.signal });
    void discard(response).catch(() => {});
  };
  await Promise.all(Array.from({ length: count }, open));
  return { close: () => ending.abort() };
}

async function discard(response: Response): Promise<void> {
  for await (const _ of response.body ?? []);
}

/** Records in the page when each event's row was painted, which is after its frame. */
const WATCH = `
  window.painted = {};
  const note = (rows) => requestAnimationFrame(() => requestAnimationFrame(() => {
    for (const id of rows) window.painted[id] ??= Date.now();
  }));
  new MutationObserver(() => {
    const links = [...document.querySelectorAll('#raw tbody a')];
    note(links.map((link) => link.href.split('/').at(-1)).filter((id) => !(id in window.painted)));
  }).observe(document.querySelector('#raw tbody'), { childList: true });`;

export type WatchedPage = {
  /** Time of painting by order_id, in milliseconds since 1970. */
  painted(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
};

/** Opens the live page in Chromium. */
export async function watchPage(url: string): Promise<WatchedPage> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu', ...sandbox] });
  const page = await browser.newPage();
  await page.goto(`${url}/dashboard/live`);
  await page.locator('#visitors .column').last().waitFor();
  await page.evaluate(WATCH);
  return {
    painted: () => page.evaluate('window.painted'),
    close: () => browser.close(),
  };
}
