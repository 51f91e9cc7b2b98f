// POST /api/events: the events of any other client. Each event is accepted or rejected by itself; the answer says 202
// only once Kafka has acknowledged all that was accepted. Sending an event again is safe: its order_id is stored once.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { isbot } from 'isbot';
import type { ShopEvent } from '../events/event.ts';
import { parseEvent } from '../events/parse.ts';
import { KafkaError } from '../kafka/errors.ts';
import type { Acknowledgement } from '../kafka/publisher.ts';
import { requestContext } from '../storefront/tracking.ts';
import { unavailable } from '../web/errors.ts';
import { serve } from '../web/operation.ts';
import { eventsBody, readSent, type Sent } from './body.ts';
import * as operations from './operations.ts';

/** Takes one event on its way to Kafka, as Publisher.publish does. */
export type Take = (event: ShopEvent) => Promise<Acknowledgement>;

/** What became of one event, in the order they were sent. */
export type Result =
  | {
      readonly accepted: true;
      readonly order_id: string;
      readonly partition: number;
      readonly offset: string;
    }
  | { readonly accepted: false; readonly code: string; readonly reason: string };

const RETRY_SECONDS = 5;

/** @param patienceMs how long an answer may wait for Kafka */
export function collector(take: Take, patienceMs: number): Router {
  const router = Router();
  serve(router, operations.collect, eventsBody, (req, res) => collect(take, patienceMs, req, res));
  return router;
}

async function collect(take: Take, patienceMs: number, req: Request, res: Response): Promise<void> {
  const waiting = readSent(req).map((sent) => accept(take, req, sent));
  const results = await inTime(Promise.all(waiting), patienceMs);
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
async function inTime(results: Promise<Result[]>, patienceMs: number): Promise<Result[]> {
  const cancel = new AbortController();
  const late = sleep(patienceMs, undefined, { ref: false, signal: cancel.signal }).then(
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

async function accept(take: Take, req: Request, sent: Sent): Promise<Result> {
  if ('unreadable' in sent) {
    return {
      accepted: false,
      code: 'not_json',
      reason: `received a line that is not JSON: ${sent.unreadable}`,
    };
  }
  const parsed = parseEvent(sent.value);
  if (!parsed.ok) return { accepted: false, ...parsed.rejection };
  const { order_id } = parsed.event;
  try {
    const { partition, offset } = await take(withContext(req, parsed.event));
    return { accepted: true, order_id, partition, offset: offset.toString() };
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    if (error.code === 'REFUSED') return { accepted: false, code: 'refused', reason: error.message };
    throw unavailable('not_taken', 'events can not be taken at the moment', RETRY_SECONDS, error);
  }
}

/** What the client says of the visitor wins; what it doesn't say is told of the client itself. */
function withContext(req: Request, event: ShopEvent): ShopEvent {
  const given = event.context ?? {};
  const context = given.user_agent === undefined ? { ...requestContext(req), ...given } : given;
  const userAgent = context.user_agent;
  const bot = userAgent === undefined ? {} : { bot: isbot(userAgent) };
  return { ...event, context: { ...context, ...bot, received_at: new Date().toISOString() } };
}
