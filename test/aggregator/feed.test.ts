// What open pages hear of definitions, over real connections.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { AggregatorFeed } from '../../src/aggregator/feed.ts';
import { Streams } from '../../src/http/sse.ts';
import { afterFile } from '../support/after-file.ts';
import { eventually } from '../support/eventually.ts';
import { readStream } from '../support/sse.ts';

type Changed = { readonly definitions: readonly string[] | null };

async function startFeed() {
  const streams = new Streams(10);
  const feed = new AggregatorFeed(streams);
  const app = express();
  app.get('/', (req, res) => feed.open(req, res));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterFile(() => {
    feed.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  /** A page that has heard that it is connected. */
  const page = async () => {
    const stream = readStream<Changed>(`http://127.0.0.1:${port}/`);
    await stream.until('changed', ({ definitions }) => definitions === null);
    return stream;
  };
  return { feed, streams, page };
}

/** What a page has heard since it was connected. */
const heard = ({ events }: Awaited<ReturnType<Awaited<ReturnType<typeof startFeed>>['page']>>) =>
  events('changed')
    .slice(1)
    .map(({ definitions }) => definitions);

it('a page hears at first that any definition may have changed, and then of those that have, each once in a while', async () => {
  const { feed, page } = await startFeed();
  const pages = [await page(), await page()];
  for (const name of ['a', 'b', 'a', 'b', 'a']) feed.aggregated(name);
  for (const one of pages) await eventually(() => heard(one).length > 0);
  expect(pages.map(heard)).toEqual([[['a', 'b']], [['a', 'b']]]);
  feed.aggregated('c');
  for (const one of pages) await eventually(() => heard(one).length > 1);
  expect(pages.map((one) => heard(one)[1])).toEqual([['c'], ['c']]);
});

it('where any may have changed, pages hear so at once, and of nothing that was to be told before', async () => {
  const { feed, page } = await startFeed();
  const one = await page();
  feed.aggregated('a');
  feed.aggregated(undefined);
  await eventually(() => heard(one).length > 0);
  feed.aggregated('b');
  await eventually(() => heard(one).length > 1);
  expect(heard(one)).toEqual([null, ['b']]);
});

it('what changes while no page is open is told to nobody, also not to one that comes later', async () => {
  const { feed, page, streams } = await startFeed();
  feed.aggregated('before');
  const first = await page();
  first.close();
  await eventually(() => streams.size === 0);
  feed.aggregated('between');
  const second = await page();
  feed.aggregated('after');
  await eventually(() => heard(second).length > 0);
  expect(heard(second)).toEqual([['after']]);
});

it('a feed that is closed tells nothing more', async () => {
  const { feed, streams, page } = await startFeed();
  await page();
  const { told } = streams;
  feed.aggregated('late');
  feed.close();
  // Longer than changes are gathered for: a second feed's message comes.
  const other = await startFeed();
  const reader = await other.page();
  other.feed.aggregated('other');
  await eventually(() => heard(reader).length > 0);
  expect(streams.told).toBe(told);
});
