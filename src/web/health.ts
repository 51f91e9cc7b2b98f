// /healthz: the process answers. /readyz: what it needs is there, each dependency with its state. /metrics: Prometheus,
// with the figures of the parts that run beside this one.

import { Router } from 'express';
import type { Registry } from 'prom-client';
import type { Pool } from '../db/pool.ts';
import { route } from '../http/routes.ts';
import type { KafkaProbe } from '../kafka/probe.ts';
import type { PublisherState } from '../kafka/publisher.ts';

const PATIENCE_MS = 2_000;

type State = { readonly ok: boolean; readonly state: string };

/** @param figuresOfOthers what the other parts of this program have counted, as Prometheus reads it */
export function health(
  pool: Pool,
  kafka: () => PublisherState,
  probe: KafkaProbe,
  registry: Registry,
  figuresOfOthers: () => Promise<string>,
): Router {
  const router = Router();
  route(router, '/healthz', { get: [(_req, res) => res.json({ status: 'alive' })] });
  route(router, '/readyz', {
    get: [
      async (_req, res) => {
        const [away, postgres] = await Promise.all([probe.ask(), postgresStates(pool)]);
        const states = { kafka: kafkaState(away, kafka()), ...postgres };
        const ready = Object.values(states).every(({ ok }) => ok);
        res
          .status(ready ? 200 : 503)
          .set('Cache-Control', 'no-store')
          .json({ ready, ...states });
      },
    ],
  });
  route(router, '/metrics', {
    get: [
      async (_req, res) => {
        const texts = await Promise.all([registry.metrics(), figuresOfOthers()]);
        res.type(registry.contentType).send(texts.join('\n'));
      },
    ],
  });
  return router;
}

function kafkaState(away: string | undefined, { waiting }: PublisherState): State {
  if (away === undefined) return { ok: true, state: `${waiting} events on their way` };
  return { ok: false, state: `away: ${away}; ${waiting} events wait on disk` };
}

async function postgresStates(pool: Pool): Promise<{ postgres: State; migrations: State }> {
  const query = pool.query<{ name: string }>(
    'SELECT name FROM schema_migrations ORDER BY version DESC LIMIT 1',
  );
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('no answer')), PATIENCE_MS).unref();
  });
  try {
    const { rows } = await Promise.race([query, timeout]);
    const [newest] = rows;
    return {
      postgres: { ok: true, state: 'answers' },
      migrations: { ok: newest !== undefined, state: newest?.name ?? 'none ran' },
    };
  } catch {
    query.catch(() => {});
    return { postgres: { ok: false, state: 'away' }, migrations: { ok: false, state: 'unknown' } };
  }
}
