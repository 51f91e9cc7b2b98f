// GET /api/live/panels, its stream, and what is behind its numbers.

import { type Request, Router } from 'express';
import type { Pool } from '../../db/pool.ts';
import { badRequest } from '../../http/errors.ts';
import { sendJson } from '../../http/json.ts';
import { serve } from '../../http/operation.ts';
import { readQuery } from '../../http/query.ts';
import { ResponseCache, wantsCsv } from '../../http/response-cache.ts';
import type { Panel } from '../panels/panel.ts';
import { PANEL_NAMES, PANELS, type PanelName } from '../panels/panels.ts';
import type { PanelsAnswer } from './answer.ts';
import { panelOperations } from './operations.ts';
import type { PanelFeed } from './panel-feed.ts';

const { panels, behind, stream } = panelOperations;
/** An event before it can't be stored. */
const FIRST_MS = Date.UTC(2000, 0);

export function panelRoutes(pool: Pool, feed: PanelFeed): Router {
  const router = Router();
  const cache = new ResponseCache();
  serve(router, stream, (req, res) => feed.open(req, res, readQuery(stream.query, req)));
  serve(router, panels, async (req, res) => {
    const { at, panel, format: _, ...whose } = readQuery(panels.query, req);
    const atMs = instantOf(at);
    const ask = (): Promise<PanelsAnswer> =>
      atMs === undefined ? feed.answer(whose) : feed.answerAt(whose, atMs);
    if (panel !== undefined)
      return cache.send(req, res, async () => {
        const { meta, ...answer } = await ask();
        return { name: `live-${panel}`, columns: PANELS[panel].columns, rows: answer[panel], more: { meta } };
      });
    if (wantsCsv(req)) throw badRequest('CSV has one table', null, `panel, one of ${PANEL_NAMES.join(', ')}`);
    sendJson(res, await ask());
  });
  serve(router, behind, (req, res) =>
    cache.send(req, res, async () => {
      const { of, count, at, counted, format: _, ...whose } = readQuery(behind.query, req);
      const { name, columns, read } = behindOf(req);
      const atMs = instantOf(at) ?? Date.now();
      const rows = await read(pool, { of, count, whose, atMs, counted });
      const meta = { as_of: new Date(atMs).toISOString(), ...whose };
      return { name: `live-${name}-behind`, columns, rows, more: { meta } };
    }),
  );
  return router;
}

/** What is behind the bars of the panel that the path names. */
function behindOf(req: Request): { readonly name: PanelName } & NonNullable<Panel['behind']> {
  const { panel } = req.params;
  const name = PANEL_NAMES.find((one) => one === panel);
  if (name === undefined) throw badRequest('there is no such panel', panel, PANEL_NAMES.join(', '));
  const found: Panel['behind'] = (PANELS[name] as Panel).behind;
  if (found !== undefined) return { name, ...found };
  const others = PANEL_NAMES.filter((one) => (PANELS[one] as Panel).behind !== undefined);
  throw badRequest('this panel has no bars', name, others.join(', '));
}

function instantOf(at: string | undefined): number | undefined {
  if (at === undefined) return undefined;
  const ms = Date.parse(at);
  if (ms >= FIRST_MS && ms <= Date.now()) return ms;
  throw badRequest('the query has no usable at', at, 'an instant from 2000 to now');
}
