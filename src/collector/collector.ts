// POST /api/events: the events of any other client. Each event is accepted or rejected by itself; 202 is answered once
// Kafka has acknowledged all accepted events. Sending an event again is safe: its order_id is stored once.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { IpStorage } from '../enrichment/ip-storage.ts';
import { postedContext } from '../enrichment/request-context.ts';
import type { ShopEvent } from '../events/event.ts';
import { futureOf } from '../events/future.ts';
import { parseEvent } from '../events/parse.ts';
import { type Content, conflictOf } from '../events/same.ts';
import { unavailable } from '../http/errors.ts';
import { serve } from '../http/operation.ts';
import { KafkaError } from '../kafka/errors.ts';
import type { Outcome } from '../kafka/publisher.ts';
import { eventsBody, readSent, type Sent } from './body.ts';
import * as operations from './operations.ts';

/** Publishes events, all or none of them, as Publisher.publishAll does. */
export type Take = (events: readonly ShopEvent[]) => Promise<readonly Outcome[]>;

/** The result of one event. */
export type Result =
  | {
      readonly accepted: true;
      readonly order_id: string;
      readonly partition: number;
      readonly offset: string;
    }
  | { readonly accepted: false; readonly code: string; readonly reason: string };

const RETRY_SECONDS = 5;

/**
 * @param ipStorage how much of an address an event may have
 * @param timeoutMs how long a response waits for Kafka
 * @param turn middleware that lets bodies be parsed one at a time
 */
export function collector(take: Take, ipStorage: IpStorage, timeoutMs: number, turn: RequestHandler): Router {
  const router = Router();
  serve(router, operations.collect, eventsBody, turn, (req, res) =>
    collect({ take, ipStorage, timeoutMs }, req, res),
  );
  return router;
}

type Collector = { readonly take: Take; readonly ipStorage: IpStorage; readonly timeoutMs: number };

async function collect(
  { take, ipStorage, timeoutMs }: Collector,
  req: Request,
  res: Response,
): Promise<void> {
  const now = Date.now();
  const read = rejectConflicts(readSent(req).map((sent) => check(sent, now)));
  const contextOf = postedContext(req, ipStorage, new Date(now).toISOString());
  const finish = (event: ShopEvent): ShopEvent => ({ ...event, context: contextOf(event.context) });
  const results = await inTime(accept(take, finish, read), timeoutMs);
  const accepted = results.filter((result) => result.accepted).length;
  const status = accepted > 0 ? 202 : 400;
  const error =
    accepted > 0
      ? {}
      : {
          error: {
            code: 'rejected',
            message: 'no event was accepted',
            received: results.length,
            expected: 'at least one event, see /api/docs',
          },
        };
  res.status(status).json({ ...error, accepted, rejected: results.length - accepted, results });
}

/** @throws {HttpError} 503 where Kafka doesn't take it, or doesn't answer in time */
async function inTime(results: Promise<Result[]>, timeoutMs: number): Promise<Result[]> {
  const cancel = new AbortController();
  const late = sleep(timeoutMs, undefined, { ref: false, signal: cancel.signal }).then(
    () => {
      throw unavailable(
        'not_acknowledged',
        'Kafka has not acknowledged the events yet; they are kept on disk, and sending them again is safe',
        RETRY_SECONDS,
      );
    },
    () => [],
  );
  try {
    return await Promise.race([results, late]);
  } finally {
    cancel.abort();
  }
}

type Rejected = Extract<Result, { accepted: false }>;

function check(sent: Sent, now: number): ShopEvent | Rejected {
  if ('unreadable' in sent) {
    return {
      accepted: false,
      code: 'not_json',
      reason: `received a line that is not JSON: ${sent.unreadable}`,
    };
  }
  const parsed = parseEvent(sent.value);
  if (!parsed.ok) return { accepted: false, ...parsed.rejection };
  const rejection = futureOf(Date.parse(parsed.event.time), now);
  return rejection === undefined ? parsed.event : { accepted: false, ...rejection };
}

/** Rejects an event whose order_id an earlier one of the request has with other content. */
function rejectConflicts(read: readonly (ShopEvent | Rejected)[]): (ShopEvent | Rejected)[] {
  const first = new Map<string, ShopEvent>();
  return read.map((one) => {
    if (!('order_id' in one)) return one;
    const known = first.get(one.order_id);
    if (known === undefined) first.set(one.order_id, one);
    const rejection = known && conflictOf(one.order_id, contentOf(one), contentOf(known));
    return rejection === undefined ? one : { accepted: false, ...rejection };
  });
}

const contentOf = (event: ShopEvent): Content => ({ ...event, time: Date.parse(event.time) });

/** The result of each event, in their order, once Kafka has acknowledged the accepted ones. */
async function accept(
  take: Take,
  finish: (event: ShopEvent) => ShopEvent,
  read: readonly (ShopEvent | Rejected)[],
): Promise<Result[]> {
  const good = read.filter((one) => 'order_id' in one);
  const outcomes = good.length === 0 ? [] : await takeAll(take, good.map(finish));
  const results = outcomes.map((outcome, index) => resultOf(good[index]?.order_id ?? '', outcome)).values();
  return read.map((one) => ('order_id' in one ? (results.next().value as Result) : one));
}

function takeAll(take: Take, events: readonly ShopEvent[]): ReturnType<Take> {
  try {
    return take(events);
  } catch (error) {
    throw explained(error);
  }
}

/** @throws {HttpError} 503 where the event failed for another reason than Kafka's refusal */
function resultOf(order_id: string, outcome: Outcome): Result {
  if (!(outcome instanceof KafkaError)) {
    const { partition, offset } = outcome;
    return { accepted: true, order_id, partition, offset: offset.toString() };
  }
  if (outcome.code === 'REFUSED') return { accepted: false, code: 'refused', reason: outcome.message };
  throw explained(outcome);
}

const explained = (error: unknown): unknown =>
  error instanceof KafkaError
    ? unavailable('not_taken', 'events can not be taken at the moment', RETRY_SECONDS, error)
    : error;
