// Recorded rows → sends: events with new ids and shifted times, other messages unchanged.

import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ShopEvent } from '../../events/event.ts';
import { futureOf } from '../../events/future.ts';
import { parseEventBytes } from '../../events/parse.ts';
import type { Random } from '../../runtime/seeded-random.ts';
import { type Injector, type Send, sentAgain } from '../core/inject.ts';
import { HeldSends } from '../core/sends.ts';
import { drawId, drawOrderId, streamOf } from '../core/streams.ts';
import { type FileRow, readInOrder } from './file.ts';
import { type Mapping, NO_ID, readRow } from './record.ts';
import { happensAt, type Pace, Timing } from './timing.ts';
import type { RecordedMessage } from './topic.ts';

/** Number of events whose new ids are remembered, so that a second delivery gets the id of the first. */
const REMEMBERED = 100_000;
/** One stream of faults for all events, as a file has no shoppers. */
const REPLAYED = { number: 0, role: undefined } as const;

export type ReplayPlan = {
  readonly file: string;
  /** True for messages of a topic, written by writeRange(). */
  readonly isTopic: boolean;
  readonly mapping: Mapping;
  readonly pace: Pace;
  readonly loop: boolean;
  readonly seed: number;
  /** Time of the first send, milliseconds since 1970. */
  readonly startMs: number;
  /** Clock of sends at a speed of Infinity. */
  readonly now: () => number;
  /** Injects faults; absent where there are none. */
  readonly injector?: Injector | undefined;
  /** Called for each row that is no event, which is skipped. */
  readonly skipped: (reason: string) => void;
};

type Replayed = { readonly event: ShopEvent; readonly sent: boolean };

/** All sends by time. */
export async function* replaySends(plan: ReplayPlan): AsyncGenerator<Send> {
  const timing = new Timing(plan.pace, plan.startMs);
  const held = new HeldSends();
  const faulty = faultyBy(plan.injector);
  for (let pass = 0; pass === 0 || plan.loop; pass += 1) {
    const ids = new Reissue(streamOf(plan.seed, pass, 'replay'));
    let sent = 0;
    for await (const rows of readInOrder(plan.file, plan.mapping))
      for (const row of rows) {
        const made = sendOf(row, plan, timing, ids);
        if (made === undefined) continue;
        sent += 1;
        for (const send of held.add(made.at, faulty(made))) yield send;
      }
    // A loop over a file without an event would never end.
    if (sent === 0) return;
    timing.again();
  }
  yield* held.rest();
}

/** Injects faults. A recorded second delivery has the bytes of the first. */
function faultyBy(injector: Injector | undefined): (send: Send) => readonly Send[] {
  if (injector === undefined) return (send) => [send];
  const first = new WeakMap<ShopEvent, Send>();
  return (send) => {
    const { at, event, expect } = send;
    const before = first.get(event);
    if (before !== undefined) return [sentAgain(before, at)];
    if (expect !== 'stored') return [send];
    const sends = injector.sendsOf({ time: at, event, shopper: REPLAYED });
    if (sends[0] !== undefined) first.set(event, sends[0]);
    return sends;
  };
}

function sendOf(row: FileRow, plan: ReplayPlan, timing: Timing, ids: Reissue): Send | undefined {
  const { arrivedMs, happenedMs } = row;
  if (plan.isTopic) return messageSend(row.row as RecordedMessage, plan, timing, ids);
  if (arrivedMs === undefined || happenedMs === undefined) {
    plan.skipped(
      `it has no valid time in ${JSON.stringify(plan.mapping.time.join('.'))}; --map names another column`,
    );
    return undefined;
  }
  const read = readRow(row.row, plan.mapping, happenedMs);
  if (!read.ok) {
    plan.skipped(read.reason);
    return undefined;
  }
  const at = whenSent(plan, timing, arrivedMs);
  return eventSend(ids.of(read.event, happensAt({ arrivedMs, happenedMs }, at), at), at);
}

/** A message that is no event is sent unchanged, and becomes a dead letter again. */
function messageSend(
  { received_at: arrivedMs, key, value }: RecordedMessage,
  plan: ReplayPlan,
  timing: Timing,
  ids: Reissue,
): Send {
  const bytes = value === null ? null : Buffer.from(value, 'base64');
  const at = whenSent(plan, timing, arrivedMs);
  const parsed = parseEventBytes(bytes);
  if (parsed.ok) {
    const happenedMs = Date.parse(parsed.event.time);
    return eventSend(ids.of(parsed.event, happensAt({ arrivedMs, happenedMs }, at), at), at);
  }
  return {
    at,
    key: key === null ? '' : Buffer.from(key, 'base64').toString(),
    event: ids.standIn(at),
    broken: bytes ?? '',
    faults: [],
    expect: parsed.rejection.code,
    role: undefined,
  };
}

const whenSent = ({ pace, now }: ReplayPlan, timing: Timing, arrivedMs: number): number =>
  Number.isFinite(pace.speed) ? timing.next(arrivedMs) : now();

function eventSend({ event, sent }: Replayed, at: number): Send {
  const rejection = futureOf(Date.parse(event.time), at);
  return {
    at,
    key: event.user_id,
    event,
    broken: undefined,
    faults: [],
    expect: rejection?.code ?? (sent ? 'duplicate' : 'stored'),
    role: undefined,
  };
}

/** Gives events new ids, as the recorded ones are stored already, or will be once the file is loaded. */
class Reissue {
  readonly #random: Random;
  readonly #known = new LRUCache<string, ShopEvent>({ max: REMEMBERED });

  constructor(random: Random) {
    this.#random = random;
  }

  of(event: ShopEvent, happenedMs: number, atMs: number): Replayed {
    const recorded = `${event.order_id} ${hash('md5', JSON.stringify(event), 'base64')}`;
    const known = event.order_id === NO_ID ? undefined : this.#known.get(recorded);
    if (known !== undefined) return { event: known, sent: true };
    const again: ShopEvent = {
      ...event,
      order_id: drawOrderId(this.#random, atMs),
      time: new Date(happenedMs).toISOString(),
      context: { ...event.context, simulated: true, received_at: new Date(atMs).toISOString() },
    };
    this.#known.set(recorded, again);
    return { event: again, sent: false };
  }

  /** The event that the ledger names for a message that is none. */
  standIn(atMs: number): ShopEvent {
    const [order_id, user_id, page_id] = [
      drawOrderId(this.#random, atMs),
      drawId(this.#random),
      drawId(this.#random),
    ];
    const time = new Date(atMs).toISOString();
    return {
      order_id,
      user_id,
      page_id,
      product: 'electronics',
      site_version: 'desktop',
      time,
      title: 'banner_show',
      target: 0,
    };
  }
}
