// A crowd at a shop's pages: when its actions begin, how many at once, and who comes after a visit, a failure or a fault.

import { describe, expect, it } from 'vitest';
import { type CrowdOptions, gather } from '../../../src/simulator/core/crowd.ts';
import { parseFaults } from '../../../src/simulator/core/faults.ts';
import { Injector, type Send } from '../../../src/simulator/core/inject.ts';
import { PERSONAS } from '../../../src/simulator/core/personas.ts';
import type { NewEntry, WalkOptions } from '../../../src/simulator/targets/acts.ts';
import { PageError } from '../../../src/simulator/targets/browser.ts';
import { HttpClient } from '../../../src/simulator/targets/http-client.ts';
import { walk } from '../../../src/simulator/targets/walk.ts';
import { afterFile } from '../../support/after-file.ts';
import { eventually } from '../../support/eventually.ts';
import { type Asked, collected, type Given, openShop, type Shop, usual } from './shop.ts';

const HOUR = 3_600_000;

type Changes = Partial<Pick<CrowdOptions, 'users' | 'rate' | 'turnover'>> & {
  readonly paced?: boolean;
  readonly faults?: string;
  /** Milliseconds by which it has begun already, and after which it ends. */
  readonly ago?: number;
  readonly left?: number;
};

/** A crowd that begins to walk: as fast as the shop answers, for an hour, unless told otherwise. */
async function begin(
  { paced = false, faults = '', ago = 0, left = HOUR, ...changes }: Changes,
  answer?: Shop['answer'],
) {
  const shop = await openShop();
  if (answer !== undefined) shop.answer = answer;
  const client = new HttpClient(shop.url);
  afterFile(() => client.close());
  const now = Date.now();
  const crowd: CrowdOptions = {
    users: 20,
    rate: 2_000,
    seed: 1,
    personas: PERSONAS,
    clock: now,
    start: now - ago,
    end: now + left,
    curve: 'flat',
    turnover: 0,
    ...changes,
  };
  const stop = new AbortController();
  afterFile(() => stop.abort());
  const [told, past, failures]: [NewEntry[], Send[], unknown[]] = [[], [], []];
  const counts = { missed: 0 };
  const options: WalkOptions = {
    crowd,
    injector: new Injector(crowd.seed, crowd.start, faults === '' ? [] : parseFaults(faults)),
    client,
    secret: undefined,
    paced,
    signal: stop.signal,
    done: async (entries) => void told.push(...entries),
    pastShop: async (send) => void past.push(send),
    missed: () => {
      counts.missed += 1;
    },
    failed: (error) => void failures.push(error),
    turnedAway: () => {},
  };
  const walking = walk(options);
  const shoppers = gather(crowd).shoppers.length;
  return { shop, stop, walking, told, past, failures, counts, shoppers, end: crowd.end };
}

const isPage = ({ method }: Asked) => method === 'GET';
const isClick = ({ path }: Asked) => path.startsWith('/product');
const visitorsOf = ({ asked }: Shop) => [...new Set(asked.map(({ visitor }) => visitor))];

/** Lets no page through until it is opened, and counts the most that wait at once. */
function gate(pauseMs = 0) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const counts = { waiting: 0, most: 0 };
  const answer = async (asked: Asked): Promise<Given> => {
    if (!isPage(asked)) return usual(asked);
    counts.waiting += 1;
    counts.most = Math.max(counts.most, counts.waiting);
    await opened;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    counts.waiting -= 1;
    return usual(asked);
  };
  return { answer, counts, open: () => open() };
}

describe('a crowd at the shop', () => {
  it('each shopper begins at the front page, and clicks only what the shop has shown to it', async () => {
    const shown = new Map<string, Set<string>>();
    const { shop, stop, walking, told } = await begin({}, (asked) => {
      const given = usual(asked);
      const pageId = /page_id=([0-9a-f]{32})/.exec(given.body)?.[1];
      if (pageId !== undefined) shown.set(asked.visitor, (shown.get(asked.visitor) ?? new Set()).add(pageId));
      return given;
    });
    await eventually(() => shop.asked.filter(isClick).length > 10);
    stop.abort();
    await walking;
    for (const visitor of visitorsOf(shop))
      expect(shop.asked.find((one) => one.visitor === visitor)).toMatchObject({ method: 'GET', path: '/' });
    for (const { path, visitor } of shop.asked.filter(isClick))
      expect(shown.get(visitor)).toContain(/page_id=(\w+)/.exec(path)?.[1]);
    expect(told.length).toBeGreaterThan(20);
    expect(new Set(told.map(({ order_id }) => order_id)).size).toBe(told.length);
  });

  it('a crowd comes again and again, and nobody else where there is no turnover', async () => {
    const { shop, stop, walking, shoppers } = await begin({ users: 5 });
    await eventually(() => shop.asked.filter(isPage).length > 100);
    stop.abort();
    await walking;
    expect(visitorsOf(shop)).toHaveLength(shoppers);
  });

  it('after each visit somebody else comes where the turnover is 1, and keeps no cookie of the one before', async () => {
    const { shop, stop, walking } = await begin({ users: 1, turnover: 1 });
    await eventually(() => visitorsOf(shop).length > 5);
    stop.abort();
    await walking;
    const visitors = visitorsOf(shop);
    const order = shop.asked.map(({ visitor }) => visitors.indexOf(visitor));
    // Nobody comes back.
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  it('a crowd ends at its end, once the shop has answered what was begun', async () => {
    const { answer, open } = gate();
    const { shop, walking, told, end } = await begin({ left: 2_000 }, answer);
    let isOver = false;
    void walking.then(() => {
      isOver = true;
    });
    await eventually(() => Date.now() > end + 100 && shop.asked.length > 0);
    expect(isOver).toBe(false);
    open();
    await walking;
    expect(told).toHaveLength(shop.asked.filter(isPage).length);
    // A look is the first action of each shopper, and the end came before the second.
    expect(visitorsOf(shop)).toHaveLength(told.length);
  });

  it('a crowd is over as soon as it is stopped, and asks nothing more', async () => {
    const { shop, stop, walking } = await begin({});
    await eventually(() => shop.asked.length > 20);
    stop.abort();
    await walking;
    const before = shop.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(shop.asked).toHaveLength(before);
  });
});

describe('the rate of a crowd', () => {
  it('no more events are begun than the rate allows after a burst of a second, however late they are', async () => {
    const rate = 20;
    const began = performance.now();
    const { shop, stop, walking } = await begin({
      paced: true,
      users: 40,
      rate,
      ago: HOUR,
    });
    const eventsOf = (asked: Asked) => (isClick(asked) ? 2 : asked.path === '/visitor' ? 0 : 1);
    const events = () => shop.asked.reduce((sum, one) => sum + eventsOf(one), 0);
    await eventually(() => events() > 3 * rate);
    const seconds = (performance.now() - began) / 1000;
    // A click, which is two events, may overdraw by one.
    expect(events()).toBeLessThanOrEqual(rate + rate * seconds + 1);
    stop.abort();
    await walking;
  });

  it('with a rate to keep 256 requests are under way at once, and each action begun late or not at all is missed', async () => {
    const { answer, open } = gate();
    const { shop, walking, counts, shoppers, end } = await begin(
      { paced: true, users: 300, rate: 3_000, ago: 60_000, left: 4_000 },
      answer,
    );
    await eventually(() => Date.now() > end + 100 && shop.asked.length >= 256);
    expect(shop.asked).toHaveLength(256);
    open();
    await walking;
    expect(shoppers).toBeGreaterThan(256);
    expect(counts.missed).toBe(shoppers);
  });

  it('without a rate to keep 32 requests are under way at once, and none is missed', async () => {
    const { answer, open, counts: at } = gate();
    const { shop, stop, walking, counts } = await begin({ users: 200, ago: 60_000 }, answer);
    await eventually(() => shop.asked.length === 32);
    open();
    await eventually(() => shop.asked.length > 500);
    stop.abort();
    await walking;
    expect({ most: at.most, missed: counts.missed }).toEqual({ most: 32, missed: 0 });
  });
});

describe('a failure', () => {
  it('a shopper whose page failed ends the visit, and begins another one at the front page', async () => {
    let isBroken = true;
    const { shop, stop, walking, failures, told } = await begin({ users: 1 }, (asked) => {
      if (!isBroken || !isClick(asked)) return usual(asked);
      isBroken = false;
      return { status: 500, body: 'away' };
    });
    const clicked = () => shop.asked.findIndex(isClick);
    await eventually(() => clicked() >= 0 && shop.asked.slice(clicked() + 1).some(isPage));
    stop.abort();
    await walking;
    expect(failures).toEqual([new PageError(`GET ${shop.asked[clicked()]?.path} was answered with 500`)]);
    expect(shop.asked.slice(clicked() + 1).find(isPage)?.path).toBe('/');
    expect(told.filter(({ order_id }) => order_id === null)).toEqual([]);
  });

  it('a failure of a run that was stopped is none', async () => {
    const { shop, stop, walking, failures } = await begin({ users: 1 }, () => {
      stop.abort();
      return { status: 500, body: 'away' };
    });
    await eventually(() => shop.asked.length > 0);
    await walking;
    expect(failures).toEqual([]);
  });
});

describe('faults of a crowd', () => {
  it('a faulty event that is to be set aside goes past the shop, one beside each event', async () => {
    const { stop, walking, told, past } = await begin({ faults: 'malformed=100%' });
    await eventually(() => past.length > 20);
    stop.abort();
    await walking;
    expect(past.length).toBeLessThanOrEqual(told.length);
    expect(past.every(({ faults }) => faults.includes('malformed'))).toBe(true);
  });

  it('a faulty event that fails leaves the shopper where it is: it goes on alone', async () => {
    const { answer, open, counts: at } = gate(20);
    open();
    const { stop, shop, walking, failures } = await begin({ users: 1, faults: 'late=100%' }, (asked) =>
      asked.path === '/api/events'
        ? collected({ accepted: false, code: 'refused', reason: '' })
        : answer(asked),
    );
    await eventually(() => shop.asked.filter(isPage).length > 30);
    stop.abort();
    await walking;
    expect(failures.length).toBeGreaterThan(10);
    expect(failures.every((error) => /^the collector refused /.test((error as Error).message))).toBe(true);
    expect(at.most).toBe(1);
  });
});
