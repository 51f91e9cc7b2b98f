// The lag of each consumer group behind the live panels, in records, and how far those are that follow ingest.

import { BEHAVIOUR_GROUP } from '../../behaviour/running-behaviour.ts';
import { readOffsets } from '../../consumer/offsets.ts';
import type { Pool } from '../../db/pool.ts';
import type { KafkaProbe } from '../../kafka/probe.ts';
import { SESSIONS_GROUP } from '../../sessions/live/running-sessions.ts';
import type { Reached } from './freshness.ts';
import type { Ingested } from './read.ts';

/** Lag by consumer; null before the first read, and while Kafka or Postgres is away. */
export type Lag = Readonly<Record<'ingest' | 'sessions' | 'offers', number>> | null;

export class ConsumerLag {
  readonly #pool: Pool;
  readonly #probe: KafkaProbe;
  readonly #groups: Readonly<Record<keyof NonNullable<Lag>, string>>;
  /** Ingest's group and topic. */
  readonly ingested: Ingested;
  #looking = false;
  #clusterId: string | undefined;
  newest: Lag = null;

  /** @param group ingest's */
  constructor(pool: Pool, probe: KafkaProbe, topic: string, group: string) {
    this.#pool = pool;
    this.#probe = probe;
    this.ingested = { group, topic };
    this.#groups = { ingest: group, sessions: SESSIONS_GROUP, offers: BEHAVIOUR_GROUP };
  }

  /** Looks anew, unless a look is under way; never throws. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    this.newest = await this.#read().catch(() => null);
    this.#looking = false;
  }

  /** The next offsets of the groups that follow ingest; undefined before the first look. @throws pg's error */
  async reached(): Promise<Reached | undefined> {
    const clusterId = this.#clusterId;
    if (clusterId === undefined) return undefined;
    const { topic } = this.ingested;
    const of = (group: string) => readOffsets(this.#pool, { clusterId, group, topic });
    const [sessions, moves] = await Promise.all([of(this.#groups.sessions), of(this.#groups.offers)]);
    return { sessions, moves };
  }

  async #read(): Promise<Lag> {
    const { topic } = this.ingested;
    const { clusterId, ends } = await this.#probe.topicEnds(topic);
    this.#clusterId = clusterId;
    const behind = async (group: string) => {
      const offsets = await readOffsets(this.#pool, { clusterId, group, topic });
      // The end was read first: a group may have passed it since.
      return [...ends].reduce(
        (sum, [partition, end]) => sum + Math.max(0, Number(end - (offsets.get(partition) ?? 0n))),
        0,
      );
    };
    const { ingest, sessions, offers } = this.#groups;
    return {
      ingest: await behind(ingest),
      sessions: await behind(sessions),
      offers: await behind(offers),
    };
  }
}
