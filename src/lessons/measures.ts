// What the questions of lessons are about, asked of the running system at the moment of the answer: Postgres, the broker, and what
// was noted of both during the run.

import { HttpError } from '../http/errors.ts';
import type { Ledger } from '../pipeline/ledger.ts';
import { prove } from '../pipeline/proof.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { countOfVisitor } from '../sessions/live/store.ts';
import { visit } from '../simulator/visits.ts';
import type { MeasureName } from './lesson.ts';
import type { LessonPlace } from './place.ts';
import type { NotedRun } from './run-store.ts';
import { drawSeed } from './seed.ts';

type Measure = (place: LessonPlace, run: NotedRun) => Promise<number>;

export const measures: Readonly<Record<MeasureName, Measure>> = {
  missing: async ({ pool, probe, group, shoppers, traces, board }) => {
    const subscription = { clusterId: await probe.clusterId(), group, topic: shoppers.topic };
    const [{ missing }, { ledger }] = await Promise.all([prove(pool, subscription, traces), board.look()]);
    return missing.length + (ledger?.missing ?? 0);
  },
  repeated: sinceStart('repeated'),
  set_aside: sinceStart('set_aside'),
  robots: async ({ pool, shoppers }, { ends }) => {
    const { rows } = await pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM events
       JOIN unnest($2::integer[], $3::bigint[]) AS began(part, first_offset)
         ON "partition" = part AND "offset" >= first_offset
       WHERE topic = $1 AND stored_in IS NOT NULL AND is_robot(context)`,
      [shoppers.topic, ends.map(([partition]) => partition), ends.map(([, end]) => end)],
    );
    return rows[0]?.count ?? 0;
  },
  lag_peak: async (_place, { lagPeak }) => lagPeak,
  outbox_peak: async (_place, { outboxPeak }) => outboxPeak,
  turned_away: async (_place, { turnedAway }) => turnedAway,
  idle_readers: async ({ probe, shoppers }, { group }) => {
    const { members } = await probe.look(shoppers.topic, group);
    if (members.length === 0)
      throw new HttpError(409, 'not_played', 'the readers of this run have left', {
        received: 'a group without members',
        expected: 'a run of the last ten minutes',
        advice: 'Press start again, and answer while they read.',
      });
    return members.filter(({ partitions }) => partitions.length === 0).length;
  },
  next_partition: async ({ tracking }, { visitor }) => {
    const now = Date.now();
    return (await tracking.publish(visit(seededRandom(drawSeed()), visitor, now, now))).partition;
  },
  sessions: ({ pool }, { visitor }) => countOfVisitor(pool, visitor),
  late_by_event_time: lateCounted('time'),
  late_by_arrival: lateCounted('appended_at'),
};

function sinceStart(of: 'repeated' | 'set_aside'): Measure {
  return async ({ board }, { ledger: before }) => {
    const { ledger } = await board.look();
    return value(ledger, of) - value(before, of);
  };
}

const value = (ledger: Ledger | null, of: 'repeated' | 'set_aside') => ledger?.[of] ?? 0;

/**
 * Of the minutes, by one of an event's two times, that have events of this run which came more than a minute late: how many they are,
 * where the charts' count of each equals a recount by that time; else 0.
 */
function lateCounted(column: 'time' | 'appended_at'): Measure {
  return async ({ pool, shoppers }, { ends }) => {
    const { rows } = await pool.query<{ agreeing: number }>(
      `WITH late AS (
         SELECT "time", appended_at, date_trunc('minute', "${column}") AS minute FROM events
         JOIN unnest($2::integer[], $3::bigint[]) AS began(part, first_offset)
           ON "partition" = part AND "offset" >= first_offset
         WHERE topic = $1 AND stored_in IS NOT NULL AND appended_at - "time" > interval '1 minute'
       ), recounted AS (
         SELECT date_trunc('minute', "${column}") AS minute, count(*) AS count FROM events
         WHERE date_trunc('minute', "${column}") IN (SELECT minute FROM late) GROUP BY 1
       ), charted AS (
         SELECT minute, sum(count) AS count FROM minute_counts WHERE minute IN (SELECT minute FROM late) GROUP BY 1
       )
       SELECT count(*) FILTER (WHERE recounted.count = charted.count) AS agreeing
       FROM recounted LEFT JOIN charted USING (minute)
       HAVING count(*) = count(*) FILTER (WHERE recounted.count = charted.count)`,
      [shoppers.topic, ends.map(([partition]) => partition), ends.map(([, end]) => end)],
    );
    return rows[0]?.agreeing ?? 0;
  };
}
