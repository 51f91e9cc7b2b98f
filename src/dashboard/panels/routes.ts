// GET /api/live/panels, its stream, and what is behind its numbers.

import { type Request, Router } from 'express';
import type { Pool } from '../../db/pool.ts';
import { badRequest } from '../../http/errors.ts';
import { serve } from '../../http/operation.ts';
import { readQuery } from '../../http/query.ts';
import { ResponseCache, wantsCsv } from '../../http/response-cache.ts';
import { rowsBehind } from './behind.ts';
import type { PanelBoard, PanelsAnswer } from './board.ts';
import { panelOperations } from './operations.ts';
import { PANELS, type PanelName } from './present.ts';

const { panels, behind, stream } = panelOperations;
/** An event before it can't be stored. */
const FIRST_MS = Date.UTC(2000, 0);

const COLUMNS: Readonly<Record<PanelName, readonly string[]>> = {
  visitors: ['from', 'to', 'people', 'events', 'late'],
  sessions: ['from', 'to', 'sessions'],
  devices: ['device', 'people'],
  pages: ['item', 'product', 'count'],
  latest: ['user_id', 'time', 'ip', 'country'],
  categories: ['product', 'count'],
  log: ['at', 'user_id', 'order_id', 'from_state', 'to_state', 'because'],
  raw: ['order_id', 'user_id', 'title', 'product', 'item', 'time', 'arrived', 'topic', 'partition', 'offset'],
};

export function panelRoutes(pool: Pool, board: PanelBoard): Router {
  const router = Router();
  const cache = new ResponseCache();
  serve(router, stream, (req, res) => board.open(req, res, readQuery(stream.query, req)));
  serve(router, panels, async (req, res) => {
    const { at, panel, format: _, ...whose } = readQuery(panels.query, req);
    const atMs = instantOf(at);
    const ask = (): Promise<PanelsAnswer> =>
      atMs === undefined ? board.answer(whose) : board.answerAt(whose, atMs);
    if (panel !== undefined)
      return cache.send(req, res, async () => {
        const { meta, ...answer } = await ask();
        return { name: `live-${panel}`, columns: COLUMNS[panel], rows: answer[panel], more: { meta } };
      });
    if (wantsCsv(req)) throw badRequest('CSV has one table', null, `panel, one of ${PANELS.join(', ')}`);
    res.set('Cache-Control', 'no-store').json(await ask());
  });
  serve(router, behind, (req, res) =>
    cache.send(req, res, async () => {
      const { of, count, at, format: _, ...whose } = readQuery(behind.query, req);
      const panel = panelOf(req);
      const atMs = instantOf(at) ?? Date.now();
      const rows = await rowsBehind(pool, { panel, of, count, whose, atMs });
      const columns = panel === 'sessions' ? SESSION_COLUMNS : COLUMNS.raw;
      const meta = { as_of: new Date(atMs).toISOString(), ...whose };
      return { name: `live-${panel}-behind`, columns, rows, more: { meta } };
    }),
  );
  return router;
}

const SESSION_COLUMNS = ['session_id', 'user_id', 'started_at', 'ended_at', 'events', 'revision'] as const;

function panelOf(req: Request): PanelName {
  const { panel } = req.params;
  const found = PANELS.find((name) => name === panel);
  if (found === undefined) throw badRequest('there is no such panel', panel, PANELS.join(', '));
  return found;
}

function instantOf(at: string | undefined): number | undefined {
  if (at === undefined) return undefined;
  const ms = Date.parse(at);
  if (ms >= FIRST_MS && ms <= Date.now()) return ms;
  throw badRequest('the query has no usable at', at, 'an instant from 2000 to now');
}
