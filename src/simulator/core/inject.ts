// An event → its sends, each with the outcome that the pipeline must have. Pure: faults are drawn from the shopper's own random
// stream, so that one fault more does not change the others.

import type { ShopEvent } from '../../events/event.ts';
import { futureOf } from '../../events/future.ts';
import { MAX_EVENT_BYTES, type Rejection } from '../../events/parse.ts';
import type { Random } from '../../runtime/seeded-random.ts';
import { FAULT_NAMES, type Fault, type FaultName } from './faults.ts';
import type { Role } from './fit.ts';
import { drawId, drawOrderId, logNormal, pick, streamOf } from './streams.ts';

/** The expected outcome of a record: a row, a duplicate without a row, or a dead letter with this code. */
export type Expectation = 'stored' | 'duplicate' | Rejection['code'];

export type Send = {
  /** When it is to be sent, in milliseconds since 1970. */
  readonly at: number;
  /** The record's key: the visitor. */
  readonly key: string;
  /** The event, before a fault breaks its bytes. */
  readonly event: ShopEvent;
  /** Bytes that replace the event's; undefined where it is intact. */
  readonly broken: string | Buffer | undefined;
  readonly faults: readonly FaultName[];
  readonly expect: Expectation;
  /** Role of the shopper whose event it is, whatever its faults; undefined for a copy, a robot's and a recorded event. */
  readonly role: Role | undefined;
};

/** An event for which faults are drawn, from the random stream of the shopper's number. */
type Sendable = {
  readonly time: number;
  readonly event: ShopEvent;
  readonly shopper: { readonly number: number; readonly role: Role | undefined };
};

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const BOTS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
] as const;

export class Injector {
  readonly #seed: number;
  readonly #start: number;
  readonly #faults: readonly Fault[];
  readonly #streams = new Map<number, Random>();

  /** @param start milliseconds since 1970 that the faults' times count from */
  constructor(seed: number, start: number, faults: readonly Fault[]) {
    this.#seed = seed;
    this.#start = start;
    this.#faults = faults;
  }

  /** The sends of an event; the second of two is the copy, or the robot's. */
  sendsOf({ time, event, shopper: { number, role } }: Sendable): Send[] {
    const drawn = this.#draw(number, time);
    return drawn.length === 0
      ? [plainSend(event, time, role)]
      : this.#sends(number, time, event, drawn, role);
  }

  /** The faulty sends alone, of an event that is made only where there is a fault. */
  faultySends(shopper: number, time: number, make: () => ShopEvent): Send[] {
    const drawn = this.#draw(shopper, time);
    const sends = drawn.length === 0 ? [] : this.#sends(shopper, time, make(), drawn);
    return sends.filter(({ faults }) => faults.length > 0);
  }

  /** A shopper's random stream for faults. */
  streamOf(shopper: number): Random {
    let random = this.#streams.get(shopper);
    if (random === undefined) {
      random = streamOf(this.#seed, shopper, 'faults');
      this.#streams.set(shopper, random);
    }
    return random;
  }

  #sends(shopper: number, time: number, event: ShopEvent, drawn: readonly FaultName[], role?: Role): Send[] {
    const random = this.streamOf(shopper);
    const first = faulty(random, event, time, drawn, role);
    const sends = [first];
    if (drawn.includes('duplicate')) sends.push(copyOf(random, first));
    if (drawn.includes('bot-surge')) sends.push(robotOf(random, event, time));
    return sends;
  }

  /** The faults of one event, in the order of FAULT_NAMES. A number is drawn for each, whether or not the run has it. */
  #draw(shopper: number, time: number): FaultName[] {
    if (this.#faults.length === 0) return [];
    const [random, sinceStart] = [this.streamOf(shopper), time - this.#start];
    return FAULT_NAMES.filter((name) => {
      const ticket = random();
      const here = this.#faults.find(
        ({ fault, from, until }) => fault === name && sinceStart >= from && sinceStart < until,
      );
      return here !== undefined && ticket < here.share;
    });
  }
}

const plainSend = (event: ShopEvent, at: number, role?: Role): Send => ({
  at,
  key: event.user_id,
  event,
  broken: undefined,
  faults: [],
  expect: 'stored',
  role,
});

function faulty(
  random: Random,
  planned: ShopEvent,
  time: number,
  drawn: readonly FaultName[],
  role: Role | undefined,
): Send {
  const has = (name: FaultName) => drawn.includes(name);
  let shifted = time;
  if (has('late')) shifted -= Math.min(6 * 60 * MINUTE_MS, 1000 + logNormal(random, 10 * MINUTE_MS, 1));
  if (has('clock-skew'))
    shifted += random() < 0.25 ? 2 * DAY_MS : Math.round((random() - 0.5) * 20 * MINUTE_MS);
  const event = shifted === time ? planned : { ...planned, time: new Date(shifted).toISOString() };
  const at = has('out-of-order') ? time + 500 + Math.floor(random() * 4500) : time;
  const send = {
    at,
    key: event.user_id,
    event,
    faults: drawn.filter((name) => name !== 'bot-surge'),
    role,
  };
  // Ingest never reads into a batch that can't be decompressed, and never reads broken bytes as an event.
  if (has('poison-codec')) return { ...send, broken: undefined, expect: 'undecodable' };
  if (has('malformed')) return { ...send, ...malformed(random, event) };
  if (has('unknown-product'))
    return { ...send, broken: JSON.stringify({ ...event, product: 'gadgets' }), expect: 'not_an_event' };
  const rejection = futureOf(shifted, time);
  return { ...send, broken: undefined, expect: rejection?.code ?? 'stored' };
}

/** Malformed bytes, and the code with which they are rejected. */
function malformed(random: Random, event: ShopEvent): { broken: string; expect: Expectation } {
  const text = JSON.stringify(event);
  const { page_id: _, ...without } = event;
  return pick(random, [
    { broken: text.slice(0, Math.floor(text.length / 2)), expect: 'not_json' },
    { broken: JSON.stringify(without), expect: 'not_an_event' },
    { broken: JSON.stringify({ ...event, target: 'yes' }), expect: 'not_an_event' },
    { broken: JSON.stringify([event.order_id]), expect: 'not_an_event' },
    { broken: '', expect: 'empty' },
    { broken: `<event id="${event.order_id}"/>`, expect: 'not_json' },
    { broken: `${text.slice(0, -1)},"padding":"${'x'.repeat(MAX_EVENT_BYTES)}"}`, expect: 'too_large' },
  ]);
}

const copyOf = (random: Random, first: Send): Send =>
  sentAgain(first, first.at + 100 + Math.floor(random() * 4900));

/** A second send of the same bytes. @param at milliseconds since 1970 */
export const sentAgain = (first: Send, at: number): Send => ({
  ...first,
  at,
  role: undefined,
  expect: first.expect === 'stored' ? 'duplicate' : first.expect,
});

function robotOf(random: Random, event: ShopEvent, time: number): Send {
  const order_id = drawOrderId(random, time);
  const [user_id, page_id] = [drawId(random), drawId(random)];
  const { product, site_version, time: at, context: { item, received_at } = {} } = event;
  const known = { item, simulated: true, received_at };
  const context = {
    ip: `66.249.64.${1 + Math.floor(random() * 254)}`,
    user_agent: pick(random, BOTS),
    bot: true,
    ...known,
  };
  const robot = {
    order_id,
    user_id,
    page_id,
    product,
    site_version,
    time: at,
    title: 'banner_show',
    target: 0,
    context,
  } as const;
  return { ...plainSend({ ...robot, context: dropAbsent(context) }, time), faults: ['bot-surge'] };
}

/** Drops undefined fields, which JSON does not have. */
function dropAbsent(context: object): NonNullable<ShopEvent['context']> {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}
