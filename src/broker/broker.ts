// A single-node broker that speaks the Kafka protocol, so that a program needs neither a JVM nor a container for one.
// It has no replication, ACLs or TLS: where they are needed, Apache Kafka serves the same clients. This folder imports nothing
// from the rest of the project. docs/broker.md lists the differences from Apache Kafka.

import { accessSync, constants, mkdirSync } from 'node:fs';
import type { Context } from './api/api.ts';
import { BackgroundThrottle } from './background-throttle.ts';
import { folderUnusable } from './errors.ts';
import { lockFolder } from './folder-lock.ts';
import { Groups } from './group/coordinator.ts';
import { Journal } from './journal.ts';
import { crypto } from './late.ts';
import { Topics } from './log/topics.ts';
import { MemoryBudget } from './memory-budget.ts';
import { type BrokerOptions, parseOptions, type Settings } from './options.ts';
import { ProducerIds } from './producer-ids.ts';
import { listen } from './server/server.ts';
import { Transactions } from './transaction/coordinator.ts';

export { BrokerError, type BrokerErrorCode } from './errors.ts';
export type { BrokerLog, BrokerOptions } from './options.ts';

export type Broker = {
  /** The port it listens on, also where option `port` was 0. */
  readonly port: number;
  /** Closes connections, files and the port, so that the next start has nothing to recover. */
  close(): Promise<void>;
};

const PRODUCER_MEMORY_MS = 86_400_000; // producer.id.expiration.ms of Apache Kafka

/**
 * Starts a broker on `options.dataDir` and resolves once clients can connect. Acknowledged records survive a kill of this
 * process at any moment.
 * @throws {BrokerError} for an option out of its bounds, a port or address that can't be bound, or a folder that can't be
 *   written or is in use by another broker
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const settings = parseOptions(options);
  const unlock = openFolder(settings.dataDir);
  const state = openState(settings, unlock);
  try {
    const memory = new MemoryBudget(settings.maxMemoryBytes);
    const context = {
      ...state,
      settings,
      memory,
      get clusterId() {
        return clusterId(state.journal);
      },
    };
    const listener = await listen(context);
    const stopChores = startChores(context, state.journal);
    settings.log.info(
      { host: settings.host, port: listener.port, dataDir: settings.dataDir },
      'broker listens',
    );
    let closing: Promise<void> | undefined;
    const close = async () => {
      stopChores();
      await listener.close();
      await state.topics.flush();
      state.close();
    };
    return {
      port: listener.port,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    state.close();
    throw error;
  }
}

/** Opens all state in the folder; `close` releases the folder. */
function openState(settings: Settings, unlock: () => void) {
  const now = Date.now();
  try {
    const journal = new Journal(`${settings.dataDir}/journal`, settings.log);
    const topics = new Topics(`${settings.dataDir}/topics`, journal, settings, now);
    const groups = new Groups(journal, settings, now);
    const producerIds = new ProducerIds(journal);
    const transactions = new Transactions({ journal, topics, groups, producerIds }, settings);
    const close = () => {
      transactions.close();
      groups.close();
      topics.close();
      journal.close();
      unlock();
    };
    return { journal, topics, groups, transactions, producerIds, close };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Creates the folder and locks it for this process. @returns the function that unlocks it */
function openFolder(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw folderUnusable(folder, error as Error);
  }
  return lockFolder(folder);
}

/** The cluster's id, generated when it is first asked for. */
function clusterId(journal: Journal): string {
  const stored = journal.get(['clusterId']);
  if (stored !== undefined) return String(stored);
  const fresh = crypto().randomBytes(16).toString('base64url');
  journal.set([[['clusterId'], fresh]]);
  return fresh;
}

/** Starts the timers of retention, compaction and the fsync interval; the returned function stops them. */
function startChores({ settings, topics, groups, transactions }: Context, journal: Journal): () => void {
  const guarded = (chore: (now: number) => void) => () => {
    try {
      chore(Date.now());
    } catch (error) {
      settings.log.error({ error }, 'a periodic task of the broker failed; it will be tried again');
    }
  };
  const retain = guarded((now) => {
    topics.retain(now, now - PRODUCER_MEMORY_MS);
    groups.expire(now - settings.offsetsRetentionMs);
    transactions.expire(now - settings.transactionalIdExpirationMs);
  });
  const force = () => {
    void topics.flush();
    journal.sync();
  };
  let isCompacting = false;
  let isStopped = false;
  const compact = guarded((now) => {
    if (isCompacting) return;
    isCompacting = true;
    const throttle = new BackgroundThrottle();
    const pause = async () => {
      await throttle.pause();
      return isStopped;
    };
    void topics.compact(now, pause).finally(() => {
      isCompacting = false;
    });
  });
  const timers = [
    setInterval(retain, settings.retentionCheckMs),
    setInterval(compact, settings.compactionCheckMs),
  ];
  if (settings.fsyncMs > 0) timers.push(setInterval(guarded(force), settings.fsyncMs));
  for (const timer of timers) timer.unref();
  return () => {
    isStopped = true;
    for (const timer of timers) clearInterval(timer);
  };
}
