// /events/rejected: the list of dead letters, and one with an editor. Forms work without a script, by POST and redirect;
// public/js/dead-letters.js and dead-letter.js save the reload.

import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { DEAD_LETTER_STATES } from '../db/tables.ts';
import { MAX_EVENT_BYTES, REJECTION_CODES } from '../events/parse.ts';
import { HttpError } from '../http/errors.ts';
import { form } from '../http/form.ts';
import { route } from '../http/routes.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { plainLayout } from '../site/layout.ts';
import type { Shop } from '../storefront/shop.ts';
import { findKnownEvent } from '../tracing/known-event.ts';
import { deadLetterId } from './api.ts';
import type { DeadLetters } from './dead-letters.ts';
import {
  type DeadLetterPageModel,
  draftOf,
  patternEvent,
  previewDeadLetter,
  type RejectedPage,
  showDeadLetter,
} from './page-models.ts';

const ON_A_PAGE = 25;
const PREVIEWED_BYTES = 1_000;
/** Percent-encoding may triple the size of an event. */
const FORM_BYTES = 3 * MAX_EVENT_BYTES + 1_024;

const query = z.object({
  state: z.enum(DEAD_LETTER_STATES).catch('open'),
  code: z.enum(REJECTION_CODES).optional().catch(undefined),
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().catch(undefined),
});

/** The brokers, as they are reached from a shell of this machine, and the topic. */
export type KafkaPlace = { readonly brokers: string; readonly topic: string };

/** @param place for the command on the page that produces a dead letter */
export function deadLetterPages(shop: Shop, deadLetters: DeadLetters, place: KafkaPlace): Router {
  const router = Router();
  route(router, '/events/rejected', { get: [(req, res) => showList(shop, deadLetters, place, req, res)] });
  route(router, '/events/rejected/:id', { get: [(req, res) => showOne(shop, deadLetters, req, res)] });
  route(router, '/events/rejected/:id/raw', { get: [(req, res) => sendRaw(deadLetters, req, res)] });
  route(router, '/events/rejected/:id/send', {
    post: [form(FORM_BYTES), (req, res) => send(shop, deadLetters, req, res)],
  });
  route(router, '/events/rejected/:id/discard', {
    post: [form(), (req, res) => discard(deadLetters, req, res)],
  });
  return router;
}

const commandAt = ({ brokers, topic }: KafkaPlace) =>
  `echo 'this is not an event' | kcat -P -b ${brokers} -t ${topic}`;

async function showList(
  shop: Shop,
  deadLetters: DeadLetters,
  place: KafkaPlace,
  req: Request,
  res: Response,
): Promise<void> {
  const { state, code, before } = query.parse(req.query);
  const { rows, next, counts } = await deadLetters.list({ state, code }, ON_A_PAGE, PREVIEWED_BYTES, before);
  const model: RejectedPage = {
    ...plainLayout(req, res, shop.traces, 'Rejected messages'),
    state,
    code,
    letters: rows.map(previewDeadLetter),
    counts,
    total: Object.values(counts).reduce((sum, count) => sum + count, 0),
    older: next === null ? null : listHref(state, code, next),
    isFirst: before === undefined,
    command: commandAt(place),
  };
  res.set('Cache-Control', 'no-store').render('dead-letters', model);
}

function listHref(state: string, code: string | undefined, before: number): string {
  return `/events/rejected?${new URLSearchParams({ state, ...(code === undefined ? {} : { code }), before: String(before) })}`;
}

/** @param sent the text that was just refused, to be edited further */
async function showOne(
  shop: Shop,
  deadLetters: DeadLetters,
  req: Request,
  res: Response,
  sent?: { readonly draft: string; readonly problem: string },
): Promise<void> {
  const letter = await deadLetters.find(deadLetterId(req), MAX_EVENT_BYTES);
  const known =
    letter.resent_as === null
      ? undefined
      : await findKnownEvent(shop.pool, shop.traces, letter.resent_as).catch(() => undefined);
  const model: DeadLetterPageModel = {
    ...plainLayout(req, res, shop.traces, `Rejected message ${letter.id}`),
    letter: showDeadLetter(letter),
    draft: sent?.draft ?? draftOf(letter),
    problem: sent?.problem,
    pattern: patternEvent(),
    trace: known?.trace ?? null,
  };
  res.set('Cache-Control', 'no-store').render('dead-letter', model);
}

/** Sends the payload as a download, so that the browser does not open it. */
async function sendRaw(deadLetters: DeadLetters, req: Request, res: Response): Promise<void> {
  const id = deadLetterId(req);
  const bytes = await deadLetters.payload(id);
  res.set('Cache-Control', 'no-store').attachment(`rejected-${id}.bin`).type('bin').send(bytes);
}

async function send(shop: Shop, deadLetters: DeadLetters, req: Request, res: Response): Promise<void> {
  const event: unknown = req.body?.event;
  const draft = typeof event === 'string' ? event : '';
  try {
    await deadLetters.send(deadLetterId(req), Buffer.from(draft));
    res.redirect(303, `/events/rejected/${deadLetterId(req)}`);
  } catch (error) {
    // What was typed stays on the page, whether the event is invalid or Kafka is away.
    if (!(error instanceof HttpError) || (error.status !== 400 && error.status !== 503)) throw error;
    res.status(error.status);
    await showOne(shop, deadLetters, req, res, { draft, problem: error.message });
  }
}

async function discard(deadLetters: DeadLetters, req: Request, res: Response): Promise<void> {
  const { id } = await deadLetters.discard(deadLetterId(req));
  res.redirect(303, req.body?.from === 'list' ? '/events/rejected' : `/events/rejected/${id}`);
}
