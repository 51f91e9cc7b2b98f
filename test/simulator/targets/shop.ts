// A shop whose answers a test decides, on a port of this machine, with the markup of the real one's pages. run.whole.test walks
// through the real one.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CATALOGUE, type CatalogueItem } from '../../../src/catalogue/catalogue.ts';
import { newId } from '../../../src/events/ids.ts';
import { afterFile } from '../../support/after-file.ts';

export const ITEM = CATALOGUE[0] as CatalogueItem;

/** A request. `visitor` is the id in its cookie; with the first one the shop gives it. */
export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly visitor: string;
  readonly body: string;
};
export type Given = { readonly status: number; readonly body: string };

export type Shop = {
  readonly url: string;
  /** All requests so far. */
  readonly asked: Asked[];
  /** Answers a request; usual() at first. */
  answer: (asked: Asked) => Given | Promise<Given>;
};

type Traced = { readonly id: string; readonly lost?: true };

/** A page with a banner, the events of its trace bar, newest first, and an order form where it has an id. */
export function pageOf(pageId: string, traces: readonly Traced[], formId?: string): Given {
  const field = (name: string, value: string) => `<input type="hidden" name="${name}" value="${value}">`;
  const form =
    formId === undefined
      ? ''
      : `<form action="/order">${field('order_id', formId)}${field('signature', 'x')}${field('item', ITEM.slug)}</form>`;
  const bar = traces.map(({ id, lost }) => `<li data-trace="${id}"${lost ? ' data-lost' : ''}></li>`);
  const banner = `<a href="/product/${ITEM.product}?item=${ITEM.slug}&amp;page_id=${pageId}"></a>`;
  return { status: 200, body: `${banner}${bar.join('')}${form}` };
}

/** The collector's answer to one event. */
export const collected = (result: object): Given => ({
  status: 202,
  body: JSON.stringify({ results: [result] }),
});

/** What a shop answers that takes everything. */
export function usual({ method, path }: Asked): Given {
  if (path === '/api/events') return collected({ accepted: true, partition: 1, offset: '7' });
  if (method === 'POST') return { status: 303, body: '' };
  const traces = path === '/' ? [{ id: newId() }] : [{ id: newId() }, { id: newId() }];
  return pageOf(newId(), traces, path === '/' ? undefined : newId());
}

/** Opens a shop, which is closed after the file's tests. */
export async function openShop(): Promise<Shop> {
  const asked: Asked[] = [];
  const server = createServer((req, res) => void serve(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterFile(() => {
    server.close();
    server.closeAllConnections();
  });
  const shop: Shop = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: usual,
  };
  return shop;

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of req) body += chunk;
    const cookie = /visitor=s%3A([0-9a-f]{32})\./.exec(req.headers.cookie ?? '')?.[1];
    const visitor = cookie ?? newId();
    if (cookie === undefined) res.setHeader('Set-Cookie', `visitor=s%3A${visitor}.signed; Path=/`);
    const one = { method: req.method ?? '', path: req.url ?? '', visitor, body };
    asked.push(one);
    const given = await shop.answer(one);
    res.writeHead(given.status).end(given.body);
  }
}
