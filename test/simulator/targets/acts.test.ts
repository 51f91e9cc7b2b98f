// What a walker does at a shop, and what is written down of it: what the shop has taken, and nothing else.

import { describe, expect, it } from 'vitest';
import { newId, ORDER_PAGE_ID } from '../../../src/events/ids.ts';
import { type FaultName, parseFaults } from '../../../src/simulator/core/faults.ts';
import { fitRoles } from '../../../src/simulator/core/fit.ts';
import { Injector, type Send } from '../../../src/simulator/core/inject.ts';
import { paceOf } from '../../../src/simulator/core/pace.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';
import { type Shopper, shoppersOf } from '../../../src/simulator/core/shopper.ts';
import { Schedule } from '../../../src/simulator/core/timeline.ts';
import type { Action } from '../../../src/simulator/core/visit.ts';
import { flat } from '../../../src/simulator/core/week.ts';
import { digestOf } from '../../../src/simulator/ledger/entry.ts';
import {
  type Counted,
  faultsAt,
  type NewEntry,
  perform,
  sendFault,
  type Walker,
  type WalkOptions,
} from '../../../src/simulator/targets/acts.ts';
import { Browser, PageError } from '../../../src/simulator/targets/browser.ts';
import { HttpClient } from '../../../src/simulator/targets/http-client.ts';
import { afterFile } from '../../support/after-file.ts';
import { anEvent } from '../../support/events.ts';
import { collected, ITEM, openShop, pageOf, type Shop, usual } from './shop.ts';

const [shopper] = shoppersOf(1, fitRoles(PERSONAS), 1) as [Shopper];
const { role } = shopper;
const TIME = Date.parse('2026-03-02T09:00:00.000Z');
const SHOWN = { item: ITEM, pageId: newId() };

/** A walker at a shop that is about to do something, and all that is written down of it. */
async function aWalker(action?: Action, changes: Partial<WalkOptions> = {}, faults = '') {
  const shop = await openShop();
  const client = new HttpClient(shop.url);
  afterFile(() => client.close());
  const walker: Walker = {
    browser: new Browser(client, shopper, undefined),
    generation: 0,
    schedule: new Schedule(shopper, paceOf(1, 1), flat(0)),
    step: action && { visit: { looks: 0, ordering: undefined, aside: undefined }, action },
    form: undefined,
  };
  const done: { told: readonly NewEntry[]; latency: number; counted: readonly Counted[] }[] = [];
  const [past, turnedAway]: [Send[], number[]] = [[], []];
  const options: WalkOptions = {
    crowd: {
      users: 1,
      rate: 1,
      seed: 1,
      personas: PERSONAS,
      clock: TIME,
      start: TIME,
      end: TIME,
      curve: 'flat',
      turnover: 0,
    },
    injector: new Injector(1, TIME, faults === '' ? [] : parseFaults(faults)),
    client,
    secret: undefined,
    paced: true,
    signal: new AbortController().signal,
    done: async (told, latency, counted) => void done.push({ told, latency, counted }),
    pastShop: async (send) => void past.push(send),
    missed: () => {},
    failed: () => {},
    turnedAway: (events) => turnedAway.push(events),
    ...changes,
  };
  return { shop, walker, options, done, past, turnedAway };
}

const entry = (
  visitor: string,
  order_id: string | null,
  title: Counted['title'],
  pageId: string,
): NewEntry => ({
  order_id,
  at: TIME,
  faults: [],
  expect: 'stored',
  content: digestOf({
    user_id: visitor,
    page_id: pageId,
    product: ITEM.product,
    site_version: role.device,
    title,
  }),
  time: 0,
  visitor,
});

const posted = (shop: Shop, path: string) => shop.asked.filter((one) => one.path === path);

describe('an action at the shop', () => {
  it('a look is written down as the show that the page traces, of the visitor that the shop knows', async () => {
    const { shop, walker, options, done } = await aWalker({ do: 'look' });
    const [trace, pageId] = [newId(), newId()];
    shop.answer = (asked) => (asked.method === 'GET' ? pageOf(pageId, [{ id: trace }]) : usual(asked));
    const shown = { item: ITEM, pageId };
    const counted = [{ shown, title: 'banner_show', role }];
    expect(await perform(walker, TIME, options)).toEqual({ shown, counted });
    const visitor = shop.asked[0]?.visitor ?? '';
    expect(visitor).not.toBe(shopper.userId);
    expect(done).toEqual([
      { told: [entry(visitor, trace, 'banner_show', pageId)], latency: expect.any(Number), counted },
    ]);
  });

  it('a click is written down before the ad that its page shows, and leaves the order form for what comes next', async () => {
    const { shop, walker, options, done } = await aWalker({ do: 'click', shown: SHOWN });
    const [ad, click, pageId, formId] = [newId(), newId(), newId(), newId()];
    shop.answer = () => pageOf(pageId, [{ id: ad }, { id: click }], formId);
    expect((await perform(walker, TIME, options)).shown).toEqual({ item: ITEM, pageId });
    expect(shop.asked.map(({ path }) => path)).toEqual([
      `/product/${ITEM.product}?item=${ITEM.slug}&page_id=${SHOWN.pageId}`,
    ]);
    const visitor = shop.asked[0]?.visitor ?? '';
    expect(done[0]?.told).toEqual([
      entry(visitor, click, 'banner_click', SHOWN.pageId),
      entry(visitor, ad, 'banner_show', pageId),
    ]);
    expect(walker.form?.order_id).toBe(formId);
  });

  it('an order after a click has the id of the form, and the page of all orders', async () => {
    const { shop, walker, options, done } = await aWalker({ do: 'order', shown: SHOWN, direct: false });
    walker.form = { order_id: newId(), signature: 'x', item: ITEM.slug };
    const { order_id } = walker.form;
    expect(await perform(walker, TIME, options)).toMatchObject({ shown: undefined });
    expect(posted(shop, '/order').map(({ body }) => body)).toEqual([
      `order_id=${order_id}&signature=x&item=${ITEM.slug}`,
    ]);
    expect(done[0]?.told).toEqual([entry(walker.browser.userId, order_id, 'order', ORDER_PAGE_ID)]);
  });

  it('an order after a page that had no form is an error, and nothing is asked', async () => {
    const { shop, walker, options, done } = await aWalker({ do: 'order', shown: SHOWN, direct: false });
    await expect(perform(walker, TIME, options)).rejects.toThrow(PageError);
    expect([shop.asked, done]).toEqual([[], []]);
  });

  it('an order without a click is posted to the collector, byte for byte again until it is taken', async () => {
    const { shop, walker, options, done } = await aWalker({ do: 'order', shown: SHOWN, direct: true });
    const refusals = [503, 429];
    shop.answer = (asked) => {
      const status = refusals.shift();
      return status === undefined ? usual(asked) : { status, body: '{}' };
    };
    await perform(walker, TIME, options);
    const bodies = posted(shop, '/api/events').map(({ body }) => body);
    expect(bodies).toEqual([bodies[0], bodies[0], bodies[0]]);
    const event = JSON.parse(bodies[0] ?? '');
    expect(event).toMatchObject({
      title: 'order',
      target: 1,
      product: ITEM.product,
      time: new Date(TIME).toISOString(),
    });
    expect(done[0]?.told).toMatchObject([{ order_id: event.order_id, expect: 'stored' }]);
  });

  it.each([
    ['refuses it', collected({ accepted: false, code: 'refused', reason: 'too large' })],
    ['takes events of nobody', { status: 401, body: '{"error":{"code":"unauthorized"}}' }],
  ])(
    'an order without a click is an error where the collector %s, and is not written down',
    async (_, given) => {
      const { shop, walker, options, done } = await aWalker({ do: 'order', shown: SHOWN, direct: true });
      shop.answer = () => given;
      await expect(perform(walker, TIME, options)).rejects.toThrow(PageError);
      expect(done).toEqual([]);
    },
  );

  it('an event that the shop has no room for is turned away: neither written down nor counted', async () => {
    const { shop, walker, options, done, turnedAway } = await aWalker({ do: 'click', shown: SHOWN });
    const ad = newId();
    shop.answer = () => pageOf(newId(), [{ id: ad }, { id: newId(), lost: true }]);
    const { counted } = await perform(walker, TIME, options);
    expect(done[0]?.told.map(({ order_id }) => order_id)).toEqual([ad]);
    expect(done[0]?.counted.map(({ title }) => title)).toEqual(['banner_show']);
    // A faulty event beside it may come all the same.
    expect(counted.map(({ title }) => title)).toEqual(['banner_click', 'banner_show']);
    expect(turnedAway).toEqual([1]);
  });

  it('an order that the shop has no room for is turned away', async () => {
    const { shop, walker, options, done, turnedAway } = await aWalker({
      do: 'order',
      shown: SHOWN,
      direct: false,
    });
    walker.form = { order_id: newId(), signature: 'x', item: ITEM.slug };
    shop.answer = () => ({ status: 503, body: 'no room' });
    await perform(walker, TIME, options);
    expect([done[0]?.told, done[0]?.counted, turnedAway]).toEqual([[], [], [1]]);
  });

  it('an event that the page does not trace is written down without its id', async () => {
    const { shop, walker, options, done } = await aWalker({ do: 'look' });
    shop.answer = (asked) => (asked.method === 'GET' ? pageOf(newId(), []) : usual(asked));
    await perform(walker, TIME, options);
    expect(done[0]?.told).toMatchObject([{ order_id: null, expect: 'stored' }]);
  });

  it.each([
    [true, 'its planned time'],
    [false, 'its request'],
  ])('latency with a rate to keep (%s) counts from %s', async (paced) => {
    const { walker, options, done } = await aWalker({ do: 'look' }, { paced });
    await perform(walker, Date.now() - 3_600_000, options);
    expect((done[0]?.latency ?? 0) >= 3_600_000).toBe(paced);
  });

  it.each<[string, Action | undefined]>([
    ['who leaves', { do: 'leave' }],
    ['without a step', undefined],
  ])('a walker %s asks nothing', async (_, action) => {
    const { shop, walker, options, done } = await aWalker(action);
    expect(await perform(walker, TIME, options)).toEqual({ shown: undefined, counted: [] });
    expect([shop.asked, done]).toEqual([[], []]);
  });
});

describe('a faulty event', () => {
  it('a faulty event is the visitor’s own, of the same banner, at the time of the event that it stands beside', async () => {
    const { walker, options } = await aWalker({ do: 'look' }, {}, 'malformed=100%');
    await perform(walker, TIME, options);
    const [send, ...others] = faultsAt(walker, { shown: SHOWN, title: 'banner_click', role }, TIME, options);
    expect(others).toEqual([]);
    expect(send).toMatchObject({ at: TIME, faults: ['malformed'], broken: expect.any(String) });
    expect(send?.event).toMatchObject({
      user_id: walker.browser.userId,
      page_id: SHOWN.pageId,
      product: ITEM.product,
      title: 'banner_click',
      time: new Date(TIME).toISOString(),
    });
  });

  it('a faulty event does not come where the run has no fault', async () => {
    const { walker, options } = await aWalker();
    expect(faultsAt(walker, { shown: SHOWN, title: 'banner_show', role }, TIME, options)).toEqual([]);
  });

  const aSend = (expected: Send['expect'], fault: FaultName): Send => {
    const event = anEvent({ context: { bot: true } });
    const { user_id: key } = event;
    return { at: TIME, key, event, broken: undefined, faults: [fault], expect: expected, role: undefined };
  };

  it.each(['stored', 'duplicate'] as const)(
    'a faulty event that is to be %s is posted to the collector, and written down with its offset',
    async (expected) => {
      const { shop, walker, options, done, past } = await aWalker();
      const send = aSend(expected, 'late');
      const { event } = send;
      await sendFault(walker, send, options);
      expect(shop.asked.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([['/api/events', event]]);
      expect(done.map(({ told, counted }) => [told, counted])).toEqual([
        [
          [
            {
              order_id: event.order_id,
              at: TIME,
              faults: ['late'],
              expect: expected,
              content: digestOf(event),
              time: Date.parse(event.time),
              visitor: event.user_id,
              robot: true,
              partition: 1,
              offset: '7',
            },
          ],
          [],
        ],
      ]);
      expect(past).toEqual([]);
    },
  );

  it('a faulty event that is to be set aside goes past the shop', async () => {
    const { shop, walker, options, done, past } = await aWalker();
    const send = aSend('not_json', 'malformed');
    await sendFault(walker, send, options);
    expect([past, shop.asked, done]).toEqual([[send], [], []]);
  });

  it('a faulty event that the collector refuses is an error that names it, and is not written down', async () => {
    const { shop, walker, options, done } = await aWalker();
    shop.answer = () => collected({ accepted: false, code: 'refused', reason: 'no' });
    const send = aSend('stored', 'late');
    await expect(sendFault(walker, send, options)).rejects.toThrow(
      new PageError(`the collector refused ${send.event.order_id}`),
    );
    expect(done).toEqual([]);
  });

  it('a faulty event is given up with the run where the collector stays away', async () => {
    const stop = new AbortController();
    const { shop, walker, options, done } = await aWalker(undefined, { signal: stop.signal });
    shop.answer = () => {
      stop.abort();
      return { status: 503, body: '' };
    };
    await expect(sendFault(walker, aSend('stored', 'late'), options)).rejects.toThrow();
    expect(shop.asked).toHaveLength(1);
    expect(done).toEqual([]);
  });
});
