// Looks at the whole pipe while somebody watches, and tells all who do. Each of those who are asked may be away: the rest goes
// on, and what is not known is said.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Subscription } from '../consumer/offsets.ts';
import type { Pool } from '../db/pool.ts';
import { type Stream, type Streams, sseMessage } from '../http/sse.ts';
import type { KafkaProbe, TopicLook } from '../kafka/probe.ts';
import type { Publisher, PublisherState } from '../kafka/publisher.ts';
import type { Actions } from './actions.ts';
import type { ProcessesLook } from './control.ts';
import { type FollowerOffsets, followersOf, readFollowers } from './followers.ts';
import { type Ledger, ledgerOf, type PartitionCounts, readCounts } from './ledger.ts';
import { sumOf } from './metric-sum.ts';
import { Source } from './source.ts';
import type { PipelineState } from './state.ts';

const LOOK_EVERY_MS = 500;
/** Rates are over this many looks: two seconds. */
const LOOKS_OF_A_RATE = 4;
/** What a look may wait for an answer before it goes without: less where the next one comes soon. */
const TIMEOUT_MS = { alone: 2_000, watched: 300 } as const;
/** A look that is older says nothing of a rate now. */
const LOOK_COUNTS_MS = 5_000;

/** What is counted up, at one moment. */
type Counters = {
  readonly at: number;
  readonly taken: number;
  readonly acknowledged: number;
  readonly appended: number;
  readonly stored: number;
  readonly batches: number;
  readonly records: number;
  readonly seconds: number;
  readonly told: number;
  readonly followed: number;
};

export type Watched = {
  readonly pool: Pool;
  readonly probe: KafkaProbe;
  readonly publisher: Publisher;
  readonly streams: Streams;
  readonly group: string;
  readonly topic: string;
  /** What the parts beside this one have counted, as Prometheus reads it. */
  readonly metricsOfOthers: () => Promise<string>;
  readonly actions: Actions;
};

export class PipelineBoard {
  readonly #watched: Watched;
  readonly #readers = new Set<Stream>();
  readonly #kafka: Source<TopicLook>;
  readonly #counts: Source<readonly PartitionCounts[] | undefined>;
  readonly #followers: Source<readonly FollowerOffsets[] | undefined>;
  readonly #metrics: Source<string>;
  readonly #processes: Source<ProcessesLook>;
  #looks: Counters[] = [];
  #looking: Promise<PipelineState> | undefined;
  #clock: NodeJS.Timeout | undefined;

  /** Messages of this board's own streams, which are no dashboards. */
  #toldHere = 0;

  constructor(watched: Watched) {
    const { pool, probe, group, topic, metricsOfOthers, actions } = watched;
    this.#watched = watched;
    this.#kafka = new Source(() => probe.look(topic, group));
    const ofCluster = <T>(read: (subscription: Subscription) => Promise<T>) =>
      new Source(async () => {
        const clusterId = this.#kafka.latest?.clusterId;
        if (clusterId !== undefined) return read({ clusterId, group, topic });
        // Whether it answers is known without Kafka, whose silence is not Postgres's.
        await pool.query('SELECT 1');
        return undefined;
      });
    this.#counts = ofCluster((subscription) => readCounts(pool, subscription));
    this.#followers = ofCluster((subscription) => readFollowers(pool, subscription));
    this.#metrics = new Source(async () => {
      const metrics = await metricsOfOthers();
      // Parts that were too slow to tell: what they told last is nearer to the truth than nothing.
      if (metrics === '') throw new Error('no metrics in time');
      return metrics;
    });
    this.#processes = new Source(() => actions.look());
  }

  /** The pipe now; who asks at the same time is told the same. */
  look(): Promise<PipelineState> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** The same with rates also where nobody has looked just before. */
  async lookTwice(): Promise<PipelineState> {
    const first = await this.look();
    if (this.#looks.length > 1) return first;
    await sleep(LOOK_EVERY_MS);
    return this.look();
  }

  /** Answers GET /api/pipeline/stream. */
  open(req: Request, res: Response): void {
    const stream = this.#watched.streams.open(req, res, () => {
      this.#readers.delete(stream);
      if (this.#readers.size === 0) this.close();
    });
    this.#readers.add(stream);
    this.#clock ??= setInterval(() => void this.#tell(), LOOK_EVERY_MS);
    void this.#tell();
  }

  close(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#looks = [];
  }

  async #tell(): Promise<void> {
    const message = sseMessage('pipeline', await this.look());
    for (const reader of this.#readers) reader.write(message);
    this.#toldHere += this.#readers.size;
  }

  async #look(): Promise<PipelineState> {
    const timeoutMs = this.#readers.size > 0 ? TIMEOUT_MS.watched : TIMEOUT_MS.alone;
    const others = [this.#metrics.poll(), this.#processes.poll()];
    // Which cluster's offsets are asked for, Kafka says.
    if (this.#kafka.latest === undefined) await inTime(this.#kafka.poll(), timeoutMs);
    // Kafka is asked after Postgres has answered: what came in between is on its way, never short.
    await inTime(Promise.all([this.#counts.poll(), this.#followers.poll()]), timeoutMs);
    await inTime(Promise.all([...others, this.#kafka.poll()]), timeoutMs);
    const publisher = this.#watched.publisher.state;
    const counters = this.#count(publisher);
    const recent = this.#looks.filter(({ at }) => counters.at - at < LOOK_COUNTS_MS);
    this.#looks = [...recent, counters].slice(-LOOKS_OF_A_RATE - 1);
    return this.#describe(publisher, counters, this.#looks[0] ?? counters);
  }

  #count({ taken, acknowledged }: PublisherState): Counters {
    const metrics = this.#metrics.latest ?? '';
    const ends = this.#kafka.latest?.partitions ?? [];
    const counts = this.#counts.latest ?? [];
    return {
      at: performance.now(),
      taken,
      acknowledged,
      appended: ends.reduce((sum, { end }) => sum + Number(end), 0),
      stored: counts.reduce((sum, { next }) => sum + Number(next), 0),
      batches: sumOf(metrics, 'shopstream_ingest_batch_records_count'),
      records: sumOf(metrics, 'shopstream_ingest_batch_records_sum'),
      seconds: sumOf(metrics, 'shopstream_ingest_batch_seconds_sum'),
      told: this.#watched.streams.told - this.#toldHere,
      followed: (this.#followers.latest ?? [])
        .flatMap(({ next }) => [...next.values()])
        .reduce((sum, next) => sum + Number(next), 0),
    };
  }

  #describe(publisher: PublisherState, now: Counters, then: Counters): PipelineState {
    const { group, topic, streams } = this.#watched;
    const rate = (of: Exclude<keyof Counters, 'at'>) => perSecond(now, then, of);
    // A part that was started again counts from 0.
    const batches = Math.max(0, now.batches - then.batches);
    const mean = (sum: number) => (batches === 0 ? null : Math.max(0, sum) / batches);
    const look = this.#kafka.latest;
    return {
      at: new Date().toISOString(),
      outbox: {
        taken_per_second: rate('taken'),
        acknowledged_per_second: rate('acknowledged'),
        waiting: publisher.waiting,
        bytes: publisher.outboxBytes,
        most_bytes: publisher.outboxMost,
        taken: publisher.taken,
        acknowledged: publisher.acknowledged,
        refused: publisher.refused,
        turned_away: publisher.turnedAway,
        problem: publisher.lastError ?? null,
      },
      kafka: {
        problem: this.#kafka.problem ?? null,
        topic,
        appended_per_second: rate('appended'),
        partitions: this.#partitions(),
        group,
        group_state: this.#kafka.problem === undefined ? (look?.groupState ?? '') : '',
        members: (look?.members ?? []).map(({ id, client, partitions }) => ({
          member: id,
          client,
          partitions: [...partitions],
        })),
      },
      ingest: {
        read_per_second: rate('records'),
        stored_per_second: rate('stored'),
        batches_per_second: rate('batches'),
        batches: now.batches,
        records_per_batch: mean(now.records - then.records),
        seconds_per_batch: mean(now.seconds - then.seconds),
        failed: sumOf(this.#metrics.latest ?? '', 'shopstream_ingest_failed_transactions_total'),
      },
      postgres: { problem: this.#counts.problem ?? null },
      dashboards: { streams: streams.size, told_per_second: rate('told') },
      followers: {
        read_per_second: rate('followed'),
        groups: followersOf(this.#followers.latest ?? [], look?.partitions ?? []),
      },
      ledger: this.#ledger(),
      parts: [...(this.#processes.latest?.parts ?? [])],
      faults: [...(this.#processes.latest?.faults ?? [])],
    };
  }

  #partitions(): PipelineState['kafka']['partitions'] {
    const { partitions = [], members = [] } = this.#kafka.latest ?? {};
    return partitions.map(({ partition, start, end }) => {
      const next = this.#counts.latest?.find((one) => one.partition === partition)?.next ?? start;
      const member = members.find((one) => one.partitions.includes(partition));
      return {
        partition,
        start: Number(start),
        end: Number(end),
        next: Number(next),
        lag: Math.max(0, Number(end - next)),
        member: member?.id ?? null,
      };
    });
  }

  #ledger(): Ledger | null {
    const { latest: look } = this.#kafka;
    const { latest: counts } = this.#counts;
    if (look === undefined || counts === undefined) return null;
    return ledgerOf(look.partitions, counts, this.#kafka.isNewerThan(this.#counts));
  }
}

const inTime = (work: Promise<unknown>, ms: number): Promise<unknown> =>
  Promise.race([work, sleep(ms, undefined, { ref: false })]);

function perSecond(now: Counters, then: Counters, of: Exclude<keyof Counters, 'at'>): number {
  const seconds = (now.at - then.at) / 1000;
  return seconds <= 0 ? 0 : Math.round((Math.max(0, now[of] - then[of]) / seconds) * 10) / 10;
}
