import { expect, it } from 'vitest';
import type { PanelsAnswer } from '../../../src/dashboard/live/answer.ts';
import { Audience } from '../../../src/dashboard/live/audience.ts';
import { USUAL } from '../../../src/events/whose.ts';
import type { Stream } from '../../../src/http/sse.ts';
import { aPanelEvent, NOW } from './an-event.ts';

/** A reader, and what it has been told: each message's event and data. */
function aReader() {
  const told: [event: string, data: Record<string, unknown>][] = [];
  const write = (message: Uint8Array) => {
    const [, event = '', data = ''] =
      /^event: (.*)\ndata: (.*)\n\n$/.exec(Buffer.from(message).toString()) ?? [];
    told.push([event, JSON.parse(data)]);
  };
  return { stream: { write } as Stream, told };
}

const answer = (clicks: number) =>
  ({
    raw: [],
    categories: [{ product: 'clothes', count: clicks }],
    meta: { lag: null, as_of: 'now' },
  }) as unknown as PanelsAnswer;
const addedIds = ([, { added }]: [string, Record<string, unknown>]) =>
  (added as { order_id: string }[]).map(({ order_id }) => order_id);

it('windows hold what the readers ask for, of the events at the beginning and of those that come', () => {
  const audience = new Audience(USUAL, NOW, [aPanelEvent(), aPanelEvent({ robot: true })]);
  audience.take([aPanelEvent({ robot: true }), aPanelEvent({ product: 'sneakers' })]);
  const { categories } = audience.windows.panels(NOW);
  expect(categories.filter(({ count }) => count > 0)).toEqual([
    { product: 'clothes', count: 1 },
    { product: 'sneakers', count: 1 },
  ]);
});

it('readers are told of each raw event once, and of nothing where nothing came', () => {
  const audience = new Audience(USUAL, NOW, [aPanelEvent({ orderId: 'first' })]);
  const { stream, told } = aReader();
  audience.readers.add(stream);
  audience.tellRaw();
  audience.tellRaw();
  audience.take([aPanelEvent({ orderId: 'second' }), aPanelEvent({ orderId: 'robot', robot: true })]);
  audience.tellRaw();
  expect(told.map(([event]) => event)).toEqual(['raw', 'raw']);
  expect(told.map(addedIds)).toEqual([['first'], ['second']]);
});

it('counts are told again only where one has changed, with the ages of what they count anew', () => {
  const audience = new Audience(USUAL, NOW, []);
  const { stream, told } = aReader();
  audience.readers.add(stream);
  audience.tellCounts(answer(1), {}, [stream]);
  audience.tellCounts({ ...answer(1), meta: { ...answer(1).meta, as_of: 'later' } }, {}, [stream]);
  const ages = { clicks: { n: 1, ages: [7] } };
  audience.tellCounts(answer(2), ages, [stream]);
  expect(told).toEqual([
    [
      'changes',
      { categories: [{ product: 'clothes', count: 1 }], meta: { lag: null, as_of: 'now', ages: {} } },
    ],
    ['changes', { categories: [{ product: 'clothes', count: 2 }], meta: { lag: null, as_of: 'now', ages } }],
  ]);
});

it('counts are told to readers who were there when they were read, and still are', () => {
  const audience = new Audience(USUAL, NOW, []);
  const [stays, leaves, comes] = [aReader(), aReader(), aReader()];
  audience.readers.add(stays.stream).add(leaves.stream);
  const readers = [...audience.readers];
  audience.leave(leaves.stream);
  audience.readers.add(comes.stream);
  audience.tellCounts(answer(1), {}, readers);
  expect([stays, leaves, comes].map(({ told }) => told.length)).toEqual([1, 0, 0]);
});

it('windows are left once no reader is there, and nobody has looked for long enough', () => {
  const audience = new Audience(USUAL, NOW, []);
  const { stream } = aReader();
  expect(audience.isLeftFor(-1)).toBe(true);
  expect(audience.isLeftFor(60_000)).toBe(false);
  audience.readers.add(stream);
  expect(audience.isLeftFor(-1)).toBe(false);
  audience.leave(stream);
  expect(audience.isLeftFor(-1)).toBe(true);
  expect(audience.isLeftFor(60_000)).toBe(false);
});
