// Open live pages: many streams, one that is looked at, and one page in a real browser that records when events came in sight.

import { get } from 'node:http';
import { connect } from 'node:net';
import { chromium } from 'playwright-core';
import { childrenOf, cpuOf, kindOf } from '../cpu.ts';
import { Reached } from './reached.ts';

export type OpenPanels = { close(): void };

/** What an open live page is told by. */
export const PANELS_STREAM = '/api/live/panels/stream';

/** Opens `count` streams, and reads them as cheaply as can be: what they cost is to be the server's. */
export async function openPanels(url: string, count: number): Promise<OpenPanels> {
  const open = await Promise.all(Array.from({ length: count }, () => openStream(url)));
  return { close: () => open.map((close) => close()) };
}

function openStream(url: string): Promise<() => void> {
  const { hostname, port, host, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const onread = {
      buffer: Buffer.allocUnsafe(65_536),
      callback: () => {
        resolve(() => socket.destroy());
        return true;
      },
    };
    const socket = connect({ host: hostname, port: Number(port), onread });
    socket.on('error', reject);
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  });
}

/** A stream that is read: when it told of each event. */
export function readStream(url: string): { readonly told: Reached; close(): void } {
  const told = new Reached();
  const request = get(url + PANELS_STREAM, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const end = text.lastIndexOf('\n\n');
      if (end < 0) return;
      told.noteAll(text.slice(0, end), Date.now());
      text = text.slice(end);
    });
    response.on('error', () => {});
  });
  return { told, close: () => request.destroy() };
}

/** What the page's script is told, and when. */
const HEAR = `
  window.heard = [];
  const Shared = SharedWorker;
  window.SharedWorker = class extends Shared {
    constructor(...given) {
      super(...given);
      this.port.addEventListener('message', ({ data }) => {
        if (data.name === 'raw') window.heard.push({ at: Date.now(), json: data.data });
      });
    }
  };`;

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
    const set = Date.now();
    requestAnimationFrame(() => window.drawn.push({ set, painted: Date.now(), newest }));
  }).observe(rows, { childList: true, subtree: true, characterData: true });`;

/** The newest events in sight after a draw: the highest offset of each partition; when they were set, and when they were painted. */
type Drawn = {
  readonly set: number;
  readonly painted: number;
  readonly newest: Readonly<Record<string, number>>;
};
type Heard = { readonly at: number; readonly json: string };

/** When the page was told of events, had set them, and when they were seen. */
export type Seen = {
  readonly told: Reached;
  readonly set: Reached;
  readonly painted: Reached;
  readonly draws: number;
};

export type WatchedPage = {
  /** CPU seconds of the browser, by kind of process. */
  cpu(): Readonly<Record<string, number>>;
  seen(): Promise<Seen>;
  close(): Promise<void>;
};

/** Opens the live page in Chromium, with the raw events in sight. */
export async function watchPage(url: string): Promise<WatchedPage> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const server = await chromium.launchServer({ executablePath, args: ['--disable-gpu', ...sandbox] });
  const browser = await chromium.connect(server.wsEndpoint());
  const page = await browser.newPage();
  await page.addInitScript(HEAR);
  await page.goto(`${url}/dashboard/live`);
  await page.locator('#raw [data-rows] > *').first().waitFor();
  await page.locator('#raw').scrollIntoViewIfNeeded();
  await page.evaluate(WATCH);
  return {
    cpu: () => cpuByKind(server.process().pid ?? 0),
    seen: async () =>
      seenOf(await page.evaluate<Heard[]>('window.heard'), await page.evaluate<Drawn[]>('window.drawn')),
    close: () => server.close(),
  };
}

function cpuByKind(pid: number): Record<string, number> {
  const seconds: Record<string, number> = {};
  const add = (one: number) => {
    const kind = kindOf(one);
    seconds[kind] = (seconds[kind] ?? 0) + cpuOf(one);
    for (const child of childrenOf(one)) add(child);
  };
  add(pid);
  return seconds;
}

function seenOf(heard: readonly Heard[], drawn: readonly Drawn[]): Seen {
  const [told, set, painted] = [new Reached(), new Reached(), new Reached()];
  for (const { at, json } of heard) told.noteAll(json, at);
  for (const draw of drawn)
    for (const [partition, offset] of Object.entries(draw.newest)) {
      set.note(Number(partition), offset, draw.set);
      painted.note(Number(partition), offset, draw.painted);
    }
  return { told, set, painted, draws: drawn.length };
}
