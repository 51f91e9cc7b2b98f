// GET /api/sessions and what lies below it.

import { Router } from 'express';
import type { Subscription } from '../../consumer/offsets.ts';
import type { Pool } from '../../db/pool.ts';
import { isId } from '../../events/ids.ts';
import { USUAL, type Whose } from '../../events/whose.ts';
import { badRequest, notFound } from '../../http/errors.ts';
import { sendJson } from '../../http/json.ts';
import { serve } from '../../http/operation.ts';
import { readQuery } from '../../http/query.ts';
import { ResponseCache } from '../../http/response-cache.ts';
import { SingleFlight } from '../../runtime/single-flight.ts';
import { explainVisits } from '../explain.ts';
import { GAP_MS } from './core/step.ts';
import { sessionOperations } from './operations.ts';
import { countByHalfHour, HALF_HOUR_MS } from './store.ts';
import { type Verification, verifySessions } from './verify.ts';

const MOST_EVENTS = 1_000;
const VERIFIED_FOR_MS = 10_000;
const VERIFIED_HOURS = 8;

export type HalfHour = { readonly from: string; readonly to: string; readonly sessions: number };

/** The last half hours up to the one in which `nowMs` is, zeros included. */
export async function sessionBars(
  pool: Pool,
  nowMs: number,
  bars: number,
  whose: Whose = USUAL,
): Promise<HalfHour[]> {
  const last = Math.floor(nowMs / HALF_HOUR_MS) * HALF_HOUR_MS;
  const first = last - (bars - 1) * HALF_HOUR_MS;
  const counts = await countByHalfHour(pool, first, nowMs + 1, whose);
  return Array.from({ length: bars }, (_, bar) => {
    const from = first + bar * HALF_HOUR_MS;
    return {
      from: new Date(from).toISOString(),
      to: new Date(from + HALF_HOUR_MS).toISOString(),
      sessions: counts.get(from) ?? 0,
    };
  });
}

/** @param ingest whose topic and group; asked for once somebody wants a verification */
export function sessionsApi(pool: Pool, ingest: () => Promise<Subscription>): Router {
  const router = Router();
  const cache = new ResponseCache();
  serve(router, sessionOperations.halfHours, (req, res) =>
    cache.send(req, res, async () => {
      const { hours } = readQuery(sessionOperations.halfHours.query, req);
      const now = Date.now();
      const rows = await sessionBars(pool, now, hours * 2);
      const meta = { as_of: new Date(now).toISOString(), gap_ms: GAP_MS };
      return { name: 'sessions', columns: ['from', 'to', 'sessions'], rows, more: { meta } };
    }),
  );
  const verified = verifier(pool, ingest);
  serve(router, sessionOperations.verify, async (req, res) => {
    readQuery(sessionOperations.verify.query, req);
    sendJson(res, await verified());
  });
  serve(router, sessionOperations.explain, async (req, res) => {
    readQuery(sessionOperations.explain.query, req);
    const id = String(req.params.user_id);
    if (!isId(id)) throw badRequest('the path has no usable user_id', id, '32 lower-case hex digits');
    const events = await explainVisitor(pool, id);
    if (events.length === 0) throw notFound('no event of this visitor is stored', id, 'the id of a visitor');
    sendJson(res, { user_id: id, events });
  });
  return router;
}

/** One verification at a time for all who ask, and the newest one for those who ask soon after. */
function verifier(
  pool: Pool,
  ingest: () => Promise<Subscription>,
): () => Promise<Verification & { readonly as_of: string }> {
  const flight = new SingleFlight<Verification & { readonly as_of: string }>();
  let newest: { readonly at: number; readonly answer: Verification & { readonly as_of: string } } | undefined;
  return async () => {
    if (newest !== undefined && performance.now() - newest.at < VERIFIED_FOR_MS) return newest.answer;
    return flight.get('', async () => {
      const verification = await verifySessions(pool, await ingest(), VERIFIED_HOURS);
      const answer = { ...verification, as_of: new Date().toISOString() };
      newest = { at: performance.now(), answer };
      return answer;
    });
  };
}

async function explainVisitor(pool: Pool, userId: string) {
  const { rows } = await pool.query<{ sent_ms: number; order_id: string }>(
    `SELECT (extract(epoch FROM "time") * 1000)::bigint AS sent_ms, replace(order_id::text, '-', '') AS order_id
     FROM events
     WHERE stored_at IS NOT NULL AND user_id = $1 AND "time" > now() - interval '8 days'
     ORDER BY "time" DESC LIMIT $2`,
    [userId, MOST_EVENTS],
  );
  const events = rows.reverse().map(({ sent_ms, order_id }) => ({ sentMs: sent_ms, place: order_id }));
  return explainVisits(events, GAP_MS).map(({ sentMs, session, gapMs, verdict, place }) => ({
    time: new Date(sentMs).toISOString(),
    session,
    gap_ms: gapMs ?? null,
    verdict,
    order_id: place,
  }));
}
