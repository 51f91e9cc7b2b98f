// GET /dashboard/live. The page has no numbers: its panels come by the stream.

import { Router } from 'express';
import { START } from '../../behaviour/machine.ts';
import { picture } from '../../behaviour/picture.ts';
import { readPlace } from '../../behaviour/store.ts';
import type { Pool } from '../../db/pool.ts';
import { readTimeZone } from '../../db/time-zone.ts';
import type { Countries } from '../../enrichment/country.ts';
import { readWhose, whoseText } from '../../events/whose.ts';
import { unavailable } from '../../http/errors.ts';
import { route } from '../../http/routes.ts';
import { crowdSwitch } from '../../simulator/control/switch-model.ts';
import { plainLayout } from '../../site/layout.ts';
import { visitorOf } from '../../site/visitor.ts';
import type { Traces } from '../../tracing/traces.ts';
import type { Panel } from '../panels/panel.ts';
import { isPanelName, PANEL_NAMES, PANELS, type PanelName } from '../panels/panels.ts';

export function livePage(pool: Pool, traces: Traces, countries: Countries): Router {
  const router = Router();
  route(router, '/dashboard/live', {
    get: [
      async (req, res) => {
        const reads = Promise.all([readTimeZone(pool), crowdSwitch(pool)]);
        const [timeZone, crowd] = await reads.catch((error) => {
          throw unavailable(
            'postgres',
            'Postgres is away: there is nothing to show until it is back',
            5,
            error,
          );
        });
        const { id } = visitorOf(req, res);
        const whose = readWhose(req.query);
        const wanted = presented(req.query.present);
        const present = wanted.filter(isPanelName);
        const unknown = wanted.filter((name) => !isPanelName(name));
        res.set('Cache-Control', 'no-store').render('live', {
          ...plainLayout(req, res, traces, 'Live'),
          timeZone,
          whose,
          whoseText: whoseText(whose),
          panels: PANEL_NAMES,
          present,
          unknown,
          groups: grouped(present.length === 0 ? PANEL_NAMES : present),
          crowd,
          attribution: countries.attribution,
          picture,
          visitorId: id,
          place: await readPlace(pool, id).catch(() => START),
        });
      },
    ],
  });
  return router;
}

/** The names that a link to present mode gives, each once. */
function presented(given: unknown): string[] {
  const names = typeof given === 'string' ? given.split(',').map((name) => name.trim()) : [];
  return [...new Set(names)].filter((name) => name !== '');
}

type NamedPanel = Panel & { readonly name: PanelName };

/** Panels as the page sets them: stacked neighbours in one group, every other panel in its own. */
function grouped(names: readonly PanelName[]): NamedPanel[][] {
  const groups: NamedPanel[][] = [];
  for (const name of names) {
    const panel: NamedPanel = { name, ...(PANELS[name] as Panel) };
    const before = groups.at(-1);
    if (panel.width === 'stacked' && before?.[0]?.width === 'stacked') before.push(panel);
    else groups.push([panel]);
  }
  return groups;
}
