import type { Request } from 'express';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { CATALOGUE, type CatalogueItem } from '../../src/catalogue/catalogue.ts';
import type { ShopEvent } from '../../src/events/event.ts';
import { isId, ORDER_PAGE_ID } from '../../src/events/ids.ts';
import { parseEvent } from '../../src/events/parse.ts';
import { KafkaError } from '../../src/kafka/errors.ts';
import type { Outcome, Publisher } from '../../src/kafka/publisher.ts';
import { Tracking, toEvent } from '../../src/storefront/tracking.ts';
import { Traces } from '../../src/tracing/traces.ts';
import { anEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';

const ITEM = CATALOGUE[0] as CatalogueItem;
const VISITOR = {
  id: 'ab'.repeat(16),
  profile: { gender: 'F', birthdate: '1990-12-31' },
  siteVersion: 'mobile',
  siteVersionForced: false,
} as const;

function requestOf(headers: Readonly<Record<string, string>> = {}, method = 'GET'): Request {
  const app = { get: () => 0 };
  return {
    method,
    headers,
    app,
    ip: '192.0.2.7',
    get: (name: string) => headers[name.toLowerCase()],
  } as unknown as Request;
}

/** Tracking whose publisher does what the test says, and what was logged. */
function trackingWith(publishAll: (events: readonly ShopEvent[]) => Promise<readonly Outcome[]>) {
  const lines: { level: number; msg: string; events?: number }[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const traces = new Traces();
  const published: ShopEvent[] = [];
  const publisher = {
    publishAll: (events: readonly ShopEvent[]) => {
      published.push(...events);
      return publishAll(events);
    },
  } as unknown as Publisher;
  return { tracking: new Tracking(publisher, traces, 'truncated', log), traces, published, lines };
}
const acknowledged = async (events: readonly ShopEvent[]) =>
  events.map((_, index) => ({ topic: 'shop', partition: 1, offset: BigInt(index), at: Date.now() }));
const SHOW = { title: 'banner_show', item: ITEM, pageId: 'cd'.repeat(16) } as const;

it.each([
  [SHOW, { title: 'banner_show', page_id: SHOW.pageId, target: 0 }],
  [
    { ...SHOW, title: 'banner_click' },
    { title: 'banner_click', page_id: SHOW.pageId, target: 0 },
  ],
  [
    { title: 'order', item: ITEM, orderId: 'ef'.repeat(16) },
    { title: 'order', order_id: 'ef'.repeat(16), page_id: ORDER_PAGE_ID, target: 1 },
  ],
] as const)('what a visitor does is an event that every part of the shop takes: %j', (action, expected) => {
  const event = toEvent(requestOf({ 'user-agent': 'Mozilla/5.0' }), VISITOR, action, 'truncated');
  expect(event).toMatchObject({
    ...expected,
    user_id: VISITOR.id,
    product: ITEM.product,
    site_version: 'mobile',
  });
  expect(isId(event.order_id)).toBe(true);
  expect(event.context).toMatchObject({
    ...{ gender: 'F', birthdate: '1990-12-31', item: ITEM.slug, ip: '192.0.2.0', user_agent: 'Mozilla/5.0' },
    received_at: event.time,
  });
  expect(parseEvent(event)).toEqual({ ok: true, event });
});

it('a visitor who has not told a birthdate has none in an event', () => {
  const visitor = { ...VISITOR, profile: { gender: 'U', birthdate: null } } as const;
  expect(toEvent(requestOf(), visitor, SHOW, 'none').context).not.toHaveProperty('birthdate');
});

it('what is no visit is no event', () => {
  const { tracking, published } = trackingWith(acknowledged);
  tracking.track(requestOf({ 'sec-purpose': 'prefetch' }), VISITOR, SHOW);
  tracking.track(requestOf({}, 'HEAD'), VISITOR, SHOW);
  expect(published).toEqual([]);
  tracking.track(requestOf(), VISITOR, SHOW);
  expect(published).toMatchObject([{ title: 'banner_show' }]);
});

it('an event is traced from its request to Kafka', async () => {
  const { tracking, traces } = trackingWith(acknowledged);
  const event = anEvent();
  expect(await tracking.publish(event)).toMatchObject({ partition: 1, offset: 0n });
  expect(traces.recent(event.user_id, 1)).toMatchObject([
    { kafka: { partition: 1, offset: '0' }, lost: null },
  ]);
});

it.each([
  [
    'is refused at once',
    () => {
      throw new KafkaError('OUTBOX_FULL', 'the outbox is full');
    },
  ],
  ['is refused by Kafka', async () => [new KafkaError('REFUSED', 'the outbox is full')]],
])('a page is shown whose event %s, and the trace says why it is lost', async (_, publishAll) => {
  const { tracking, traces } = trackingWith(publishAll);
  tracking.track(requestOf(), VISITOR, SHOW);
  await eventually(() => traces.recent(VISITOR.id, 1)[0]?.lost === 'the outbox is full');
});

it('of several events each has its own outcome', async () => {
  const { tracking, traces } = trackingWith(async ([, ...others]) => [
    new KafkaError('REFUSED', 'too large'),
    ...(await acknowledged(others)),
  ]);
  const [one, other] = [anEvent(), anEvent()];
  await tracking.publishAll([one, other]);
  expect(traces.recent(one.user_id, 1)).toMatchObject([{ lost: 'too large', kafka: null }]);
  expect(traces.recent(other.user_id, 1)).toMatchObject([{ lost: null, kafka: { offset: '0' } }]);
});

it('a disk that refuses every event is warned of once a second, with how many there were', async () => {
  const { tracking, lines } = trackingWith(() => {
    throw new KafkaError('OUTBOX_FULL', 'the outbox is full');
  });
  for (let times = 0; times < 50; times += 1) tracking.track(requestOf(), VISITOR, SHOW);
  const warnings = () => lines.filter(({ level }) => level === 40);
  expect(warnings()).toEqual([]);
  await eventually(() => warnings().length === 1);
  expect(warnings()).toMatchObject([{ msg: 'events not taken: the outbox is full', events: 50 }]);
});

it('an event that an earlier process has taken goes on from when that one received it', async () => {
  const { tracking, traces } = trackingWith(acknowledged);
  const received_at = '2026-01-31T12:00:00.000Z';
  const event = anEvent({ context: { received_at } });
  tracking.resume({ event, outcomes: acknowledged([event]) });
  const [trace] = await eventually(() => {
    const found = traces.recent(event.user_id, 1);
    return found[0]?.kafka !== null && found;
  });
  expect(trace).toMatchObject({ received_at, kafka: { partition: 1 } });
});
