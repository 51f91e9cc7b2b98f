// /healthz: the process answers. /readyz: its dependencies answer, each with its state. /metrics: Prometheus, with the metrics of
// the parts that run beside this one.

import { Router } from 'express';
import type { Registry } from 'prom-client';
import { readOffsets } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import { countWaiting } from '../dead-letters/unforwarded.ts';
import { route } from '../http/routes.ts';
import { reasonOf } from '../kafka/errors.ts';
import type { KafkaProbe } from '../kafka/probe.ts';
import type { PublisherState } from '../kafka/publisher.ts';
import { QUICK_ENDS } from '../runtime/running-part.ts';
import { baselineOf, isStalled, type Look, lookAt } from './ingest-progress.ts';

const TIMEOUT_MS = 2_000;

type State = { readonly ok: boolean; readonly state: string };

/** Quick ends of a part in a row, from which on the program is not ready. */
const MOST_QUICK_ENDS = 3;
/** Answers are cached for this long: each costs Kafka and Postgres a request. */
const CACHED_MS = 1_000;
/** A dead letter that waits for longer is held up by more than a restart of Kafka. */
const LETTERS_WAIT_SECONDS = 120;

/** Where ingest reads and what it has stored. */
export type IngestPlace = { readonly group: string; readonly topic: string };

/** The path of liveness probes. */
export const LIVENESS = '/healthz';

/** Whether the process answers; cheap, and so before every limit. */
export function liveness(): Router {
  const router = Router();
  route(router, LIVENESS, { get: [(_req, res) => res.json({ status: 'alive' })] });
  return router;
}

/** @param metricsOfOthers what the other parts of this program have counted, as Prometheus reads it */
export function health(
  pool: Pool,
  kafka: () => PublisherState,
  probe: KafkaProbe,
  ingest: IngestPlace,
  registry: Registry,
  metricsOfOthers: () => Promise<string>,
): Router {
  const router = Router();
  const progress = ingestProgress(pool, probe, ingest);
  const states = cachedFor(CACHED_MS, async () => {
    const [away, postgres, ends] = await Promise.all([
      probe.ask(),
      postgresStates(pool),
      quickEnds(metricsOfOthers),
    ]);
    const isThere = away === undefined && postgres.postgres.ok;
    const moving = isThere
      ? await progress()
      : { ingest: { ok: true, state: 'unknown while Kafka or Postgres is away' } };
    return { kafka: kafkaState(away, kafka()), ...postgres, ...moving, ...ends };
  });
  const metrics = cachedFor(CACHED_MS, async () => {
    const texts = await Promise.all([registry.metrics(), metricsOfOthers()]);
    return texts.join('\n');
  });
  route(router, '/readyz', {
    get: [
      async (_req, res) => {
        const now = await states();
        const ready = Object.values(now).every(({ ok }) => ok);
        res
          .status(ready ? 200 : 503)
          .set('Cache-Control', 'no-store')
          .json({ ready, ...now });
      },
    ],
  });
  route(router, '/metrics', {
    get: [async (_req, res) => res.type(registry.contentType).send(await metrics())],
  });
  return router;
}

/** The same answer for all who ask within `ms` of the first; a failure is told to those who waited for it. */
function cachedFor<T>(ms: number, make: () => Promise<T>): () => Promise<T> {
  let made: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (made === undefined || now - made.at >= ms) made = { at: now, answer: make() };
    return made.answer;
  };
}

/** A look at how far ingest is, compared with those before. */
function ingestProgress(
  pool: Pool,
  probe: KafkaProbe,
  { group, topic }: IngestPlace,
): () => Promise<Readonly<Record<string, State>>> {
  let baseline: Look | undefined;
  return async () => {
    try {
      const ends = await probe.topicEnds(topic);
      const offsets = await readOffsets(pool, { clusterId: ends.clusterId, group, topic });
      const now = lookAt(ends, offsets, performance.now());
      baseline = baselineOf(baseline, now);
      const letters = await lettersState(pool, ends.clusterId, topic);
      if (!isStalled(baseline, now))
        return { ingest: { ok: true, state: `${now.behind} records behind` }, ...letters };
      const seconds = Math.round((now.at - baseline.at) / 1000);
      const state = `${now.behind} records behind, and nothing was stored for ${seconds} s`;
      return { ingest: { ok: false, state }, ...letters };
    } catch (error) {
      return { ingest: { ok: true, state: `unknown: ${reasonOf(error)}` } };
    }
  };
}

/** None while dead letters reach their topic. */
async function lettersState(pool: Pool, clusterId: string, topic: string): Promise<Record<string, State>> {
  const waiting = await countWaiting(pool, { clusterId, topic }, LETTERS_WAIT_SECONDS);
  if (waiting === 0) return {};
  const state = `at least ${waiting} wait for their topic for more than ${LETTERS_WAIT_SECONDS} s`;
  return { dead_letters: { ok: false, state } };
}

/** A state for each part that does not stay up; none where all do. */
async function quickEnds(metricsOfOthers: () => Promise<string>): Promise<Record<string, State>> {
  const text = await metricsOfOthers();
  const counts = [...text.matchAll(new RegExp(`^${QUICK_ENDS}\\{part="(\\w+)"\\} (\\d+)$`, 'gm'))];
  const failing = counts.filter(([, , count]) => Number(count) >= MOST_QUICK_ENDS);
  return Object.fromEntries(
    failing.map(([, part, count]) => [
      `part_${part}`,
      { ok: false, state: `ended ${count} times in a row right after its start` },
    ]),
  );
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
    setTimeout(() => reject(new Error('no answer')), TIMEOUT_MS).unref();
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
