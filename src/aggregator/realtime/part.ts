// The aggregator process: runs every definition that names a topic and isn't paused. Each has its own consumer group and transactions;
// one that fails is started again, with growing pauses, and disturbs no other.

import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import type { Config } from '../../config.ts';
import { clusterOf, databaseUrlOf } from '../../connections.ts';
import { levelOf } from '../../db/errors.ts';
import { listen } from '../../db/listen.ts';
import { migrateWithRetries } from '../../db/migrate.ts';
import { openPool, type Pool } from '../../db/pool.ts';
import { standBackFor } from '../../db/stand-back.ts';
import { createKafka, describeCluster, type Kafka } from '../../kafka/client.ts';
import { reasonOf } from '../../kafka/errors.ts';
import { keepRunning } from '../../runtime/keep-running.ts';
import type { Logger } from '../../runtime/log.ts';
import type { RunningPart } from '../../runtime/running-part.ts';
import { DEFINITIONS_CHANNEL, type LiveDefinition, readLiveDefinitions } from '../store/definitions.ts';
import { deleteAllExpired, keepExpiring } from '../store/expiry.ts';
import { FailureNote } from './failure-note.ts';
import { AggregatorMetrics } from './metrics.ts';
import { RunningDefinition } from './running-definition.ts';

/** Interval of looking for changed definitions, beside their notifications: one may be lost with its connection. */
const LOOK_MS = 30_000;

type Running = {
  readonly definition: LiveDefinition;
  readonly stopping: AbortController;
  readonly done: Promise<void>;
};

/** Starts the aggregator part. It waits for Postgres, and its definitions for Kafka, while they are away. */
export async function startAggregator(config: Config, log: Logger): Promise<RunningPart> {
  const databaseUrl = await databaseUrlOf(config);
  await migrateWithRetries(databaseUrl, log, config.TIME_ZONE).ready;
  const pool = openPool(databaseUrl, log);
  if (config.DATABASE_URL === undefined) standBackFor(pool);
  const kafka = createKafka(clusterOf(config), 'shopstream-aggregator', log);
  const closing = new AbortController();
  const registry = new Registry();
  const keeper = new DefinitionKeeper(kafka, pool, config, log, new AggregatorMetrics(registry));
  const done = Promise.all([
    keeper.run(closing.signal),
    keepExpiring(() => deleteAllExpired(pool, Date.now()), log, closing.signal),
  ]).then(() => {});
  const look = () => keeper.wake();
  const listener = listen(databaseUrl, DEFINITIONS_CHANNEL, log, look, look);
  return {
    ended: done,
    close: async () => {
      closing.abort();
      await done;
      await listener.close();
      await pool.end();
    },
    metrics: () => registry.metrics(),
  };
}

/** Whether what runs for one definition can go on for the other. */
const isSame = (one: LiveDefinition, other: LiveDefinition | undefined): boolean =>
  one.topic === other?.topic && one.created_at.getTime() === other.created_at.getTime();

class DefinitionKeeper {
  readonly #kafka: Kafka;
  readonly #pool: Pool;
  readonly #config: Config;
  readonly #log: Logger;
  readonly #metrics: AggregatorMetrics;
  readonly #kept = new Map<string, Running>();
  #woken = new AbortController();

  constructor(kafka: Kafka, pool: Pool, config: Config, log: Logger, metrics: AggregatorMetrics) {
    this.#kafka = kafka;
    this.#pool = pool;
    this.#config = config;
    this.#log = log;
    this.#metrics = metrics;
  }

  wake(): void {
    this.#woken.abort();
  }

  /** Starts and stops definitions at each wake(), and at intervals, until `signal` is aborted; then stops all of them. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake());
    while (!signal.aborted) {
      this.#woken = new AbortController();
      await this.#look().catch((error) =>
        this.#log[levelOf(error)]({ err: error }, 'could not look for definitions'),
      );
      await sleep(LOOK_MS, undefined, { signal: this.#woken.signal }).catch(() => {});
    }
    await Promise.all([...this.#kept.keys()].map((name) => this.#end(name)));
  }

  async #look(): Promise<void> {
    const wanted = new Map((await readLiveDefinitions(this.#pool)).map((one) => [one.name, one]));
    for (const [name, { definition }] of this.#kept)
      if (!isSame(definition, wanted.get(name))) await this.#end(name);
    for (const [name, definition] of wanted) if (!this.#kept.has(name)) this.#begin(definition);
  }

  #begin(definition: LiveDefinition): void {
    const stopping = new AbortController();
    const done = this.#keep(definition, stopping.signal);
    this.#kept.set(definition.name, { definition, stopping, done });
  }

  async #end(name: string): Promise<void> {
    const kept = this.#kept.get(name);
    kept?.stopping.abort();
    await kept?.done;
    this.#kept.delete(name);
    this.#metrics.ended(name);
  }

  async #keep(definition: LiveDefinition, signal: AbortSignal): Promise<void> {
    const failure = new FailureNote(this.#pool, definition.name, this.#log);
    await keepRunning(
      (crash) => this.#start(definition, failure, crash),
      signal,
      (error) => {
        this.#log.warn(`${definition.name} does not run; it is started again: ${reasonOf(error)}`);
        failure.note(reasonOf(error));
      },
    );
    await failure.settled();
  }

  async #start(
    { name, topic }: LiveDefinition,
    failure: FailureNote,
    crash: (error: Error) => void,
  ): Promise<RunningDefinition> {
    const clusterId = await describeCluster(this.#kafka, clusterOf(this.#config));
    const checkMs = this.#config.AGGREGATOR_CHECK_SECONDS * 1000;
    const running = new RunningDefinition(
      this.#kafka,
      this.#pool,
      clusterId,
      { name, topic, checkMs },
      this.#log,
      failure,
      (change) => this.#metrics.changed(name, change),
    );
    try {
      await running.start(crash);
    } catch (error) {
      await running.stop().catch(() => {});
      throw error;
    }
    return running;
  }
}
