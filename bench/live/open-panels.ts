// Open live pages: many streams, and one page in a real browser that records when events came in sight.

import type pg from 'pg';
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

/** The newest events in sight after a draw: the highest offset of each partition, and when the frame was painted. */
export type Drawn = { readonly at: number; readonly newest: Readonly<Record<string, number>> };

/** Rows are set within a frame: the one after it comes when that is painted. Only whole rows in sight count. */
const WATCH = `
  window.drawn = [];
  const rows = document.querySelector('#raw [data-rows]');
  const box = rows.closest('.live-table');
  const head = box.querySelector('thead').offsetHeight;
  const inSight = Math.floor((box.clientHeight - head) / rows.firstElementChild.offsetHeight);
  new MutationObserver(() => {
    const newest = {};
    for (const { lastElementChild: place } of [...rows.children].slice(0, inSight)) {
      const [, partition, offset] = /(\\d+)\\/(\\d+)$/.exec(place.textContent) ?? [];
      newest[partition] = Math.max(newest[partition] ?? 0, Number(offset));
    }
    requestAnimationFrame(() => window.drawn.push({ at: Date.now(), newest }));
  }).observe(rows, { childList: true, subtree: true, characterData: true });`;

export type WatchedPage = {
  drawn(): Promise<readonly Drawn[]>;
  close(): Promise<void>;
};

/** Opens the live page in Chromium, with the raw events in sight. */
export async function watchPage(url: string): Promise<WatchedPage> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu', ...sandbox] });
  const page = await browser.newPage();
  await page.goto(`${url}/dashboard/live`);
  await page.locator('#raw [data-rows] > *').first().waitFor();
  await page.locator('#raw').scrollIntoViewIfNeeded();
  await page.evaluate(WATCH);
  return {
    drawn: () => page.evaluate('window.drawn'),
    close: () => browser.close(),
  };
}

/**
 * Milliseconds from an event to the frame that shows it, or one behind it of its partition: at a high rate some come and go between
 * two frames. Events that no frame shows are left out.
 * @param sent when each was sent, by order_id
 */
export async function agesInSight(
  database: pg.Client,
  sent: ReadonlyMap<string, number>,
  drawn: readonly Drawn[],
): Promise<number[]> {
  const { rows } = await database.query<{ id: string; partition: number; offset: number }>(
    `SELECT replace(order_id::text, '-', '') AS id, "partition", "offset"::float8 AS "offset"
     FROM events WHERE order_id = ANY($1::uuid[])`,
    [[...sent.keys()]],
  );
  return rows.flatMap(({ id, partition, offset }) => {
    const shown = drawn.find(({ newest }) => (newest[partition] ?? -1) >= offset);
    return shown === undefined ? [] : [shown.at - (sent.get(id) ?? 0)];
  });
}
