// A run: takes sends from the plan or the walk, passes them to the target, and records every receipt in the tally and the
// ledger.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShopEvent } from '../events/event.ts';
import type { Kafka } from '../kafka/client.ts';
import type { Logger } from '../runtime/log.ts';
import { version } from '../runtime/version.ts';
import { Injector, type Send } from './core/inject.ts';
import { type DriveOptions, drive } from './drive.ts';
import { digestOf, type LedgerEntry, whoseOf } from './ledger/entry.ts';
import { LedgerWriter } from './ledger/write.ts';
import type { RunOptions } from './options.ts';
import type { FaultRecorder } from './periods/recorder.ts';
import { crowdOf, planOf } from './plan.ts';
import { commandOf } from './repeat.ts';
import { Tally } from './tally.ts';
import type { WalkOptions } from './targets/acts.ts';
import { HttpClient } from './targets/http-client.ts';
import { KafkaTarget, placeOf } from './targets/kafka.ts';
import type { Numbered, Receipt } from './targets/target.ts';
import { walk } from './targets/walk.ts';
import { visitSends } from './visits.ts';

/** Concurrent batches to Kafka. */
const IN_FLIGHT = 4;

export type Place = {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Folder of the ledgers. */
  readonly dataDir: string;
  /** The shop's address, and its secret where it is known. */
  readonly shop: string;
  readonly secret: string | undefined;
  readonly log: Logger;
  /** Records fault periods; absent where there is no database, or for a run that charts don't show. */
  readonly recorder?: FaultRecorder | undefined;
};

export type RunResult = {
  readonly run: string;
  /** Path of the ledger; undefined where there is none. */
  readonly file: string | undefined;
  readonly tally: Tally;
  /** Duration in milliseconds. */
  readonly took: number;
};

/** An id that sorts by time. */
export const newRunId = (now: number): string =>
  `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;

export type RunHooks = {
  /** The run's id; null for a run without a ledger, which only the target http has. */
  readonly run?: string | null;
  /** Called once the target is open. */
  readonly begun?: (tally: Tally) => void;
  /** Called for each click of a scenario's visits that Kafka has acknowledged, at the target http. */
  readonly visited?: (event: ShopEvent) => void;
};

/**
 * Runs to the end, or until the signal is aborted.
 * @throws the Kafka client's error where Kafka can't be reached at the start
 */
export async function runSimulation(
  options: RunOptions,
  place: Place,
  signal: AbortSignal,
  { run = newRunId(Date.now()), begun = () => {}, visited = () => {} }: RunHooks = {},
): Promise<RunResult> {
  const tally = new Tally();
  const began = Date.now();
  const running = { tally, signal, begun: () => begun(tally) };
  const endFaults = place.recorder?.follow(options.faults, began);
  try {
    // Without shoppers the last send may come long before the end.
    const end = options.users === 0 ? began + options.duration : began;
    const file =
      options.target === 'http'
        ? await walkShop(options, place, run, { ...running, visited })
        : await sendPlan(options, place, run ?? newRunId(began), running);
    await until(end, signal);
    return { run: run ?? '', file, tally, took: Date.now() - began };
  } finally {
    await endFaults?.();
  }
}

/** Waits for a moment. @param at milliseconds since 1970 */
const until = (at: number, signal: AbortSignal): Promise<void> =>
  at <= Date.now() ? Promise.resolve() : sleep(at - Date.now(), undefined, { signal }).catch(() => {});

export type Running = {
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly begun: () => void;
};

function sendPlan(options: RunOptions, place: Place, run: string, running: Running): Promise<string> {
  const offset = Date.now() - options.clock;
  const paced = Number.isFinite(options.rate);
  return sendAll(planOf(options), { rate: options.rate, paced, offset: () => offset }, place, {
    ...running,
    run,
    command: commandOf(options),
  });
}

/** Timing of the sends. */
export type Timed = Pick<DriveOptions, 'rate' | 'paced' | 'offset' | 'isHeld' | 'finish'>;
export type Sending = Running & {
  readonly run: string;
  /** The command that repeats it. */
  readonly command: string;
};

/** Sends all to Kafka, with a ledger; resolves to its path. */
export async function sendAll(
  sends: Iterator<Send> | AsyncIterator<Send>,
  timed: Timed,
  { kafka, topic, dataDir, log }: Place,
  { run, command, tally, signal, begun }: Sending,
): Promise<string> {
  const target = new KafkaTarget(kafka, topic, run, log);
  try {
    const { cluster, from } = await target.open();
    const head = { run, version, command, target: 'kafka', topic, cluster, from } as const;
    const ledger = new LedgerWriter(dataDir, head);
    begun();
    await drive(sends, {
      ...timed,
      target,
      signal,
      inFlight: IN_FLIGHT,
      missed: (starts) => {
        tally.missed += starts;
      },
      done: async (batch, receipts, latencies) => {
        for (const ms of latencies) tally.latency(ms);
        const entries = batch.map((one, index) => entryOf(one, receipts[index]));
        for (const [index, entry] of entries.entries()) {
          tally.add(entry);
          const { send } = batch[index] as Numbered;
          if (send.role !== undefined) tally.funnel.add(send.role, send.event);
        }
        await ledger.add(entries);
      },
    });
    await ledger.end(Date.now(), !signal.aborted);
    return ledger.file;
  } finally {
    await target.close();
  }
}

function entryOf({ n, send }: Numbered, receipt: Receipt | undefined): LedgerEntry {
  const { event, at, faults, expect } = send;
  const { order_id } = event;
  const [content, time] = [digestOf(event), Date.parse(event.time)];
  return {
    n,
    order_id,
    at,
    faults,
    expect,
    content,
    time,
    ...whoseOf(event),
    partition: receipt?.partition,
    offset: receipt?.offset,
  };
}

async function walkShop(
  options: RunOptions,
  place: Place,
  run: string | null,
  { tally, signal, begun, visited }: Running & Required<Pick<RunHooks, 'visited'>>,
): Promise<string | undefined> {
  const { shop, secret, log } = place;
  const client = new HttpClient(shop);
  const ledger = run === null ? undefined : await ledgerOfWalk(options, place, run);
  const topic =
    options.faults.length === 0 && options.visits.length === 0
      ? undefined
      : new KafkaTarget(place.kafka, place.topic, run ?? newRunId(Date.now()), log);
  let n = 0;
  // A failed write of the ledger ends the walk, and counts as no failed page.
  const ledgerFailed = new AbortController();
  const add = async (entries: readonly LedgerEntry[]) => {
    for (const entry of entries) tally.add(entry);
    await ledger?.add(entries).catch((error) => {
      ledgerFailed.abort(error);
      throw error;
    });
  };
  const pastShop = async (send: Send) => {
    n += 1;
    const numbered = { n, send };
    const [receipt] = (await topic?.send([numbered], signal)) ?? [];
    await add([entryOf(numbered, receipt)]);
  };
  try {
    await topic?.open();
    const start = Date.now();
    begun();
    const ending = AbortSignal.any([signal, ledgerFailed.signal]);
    const walking: WalkOptions = {
      crowd: crowdOf(options, start),
      injector: new Injector(options.seed, start, options.faults),
      client,
      secret,
      paced: Number.isFinite(options.rate),
      signal: ending,
      done: async (told, latency, counted) => {
        tally.latency(latency);
        for (const { shown, title, role } of counted)
          tally.funnel.add(role, { product: shown.item.product, title });
        await add(
          told.map((one) => {
            n += 1;
            return { n, ...one };
          }),
        );
      },
      pastShop,
      missed: () => {
        tally.missed += 1;
      },
      turnedAway: (events) => {
        tally.turnedAway += events;
      },
      failed: (error) => {
        tally.errors += 1;
        log.debug({ err: error }, 'unexpected response of the shop');
      },
    };
    const visiting = async () => {
      for (const send of visitSends(options, start)) {
        await until(send.at, ending);
        if (ending.aborted) return;
        const isThere = await pastShop(send).then(
          () => true,
          (error) => {
            if (ending.aborted) return false;
            throw error;
          },
        );
        if (isThere) visited(send.event);
      }
    };
    await Promise.all([options.users === 0 ? undefined : walk(walking), visiting()]);
    ledgerFailed.signal.throwIfAborted();
    await ledger?.end(Date.now(), !signal.aborted);
    return ledger?.file;
  } finally {
    client.close();
    await topic?.close();
  }
}

async function ledgerOfWalk(
  options: RunOptions,
  { kafka, topic, dataDir }: Place,
  run: string,
): Promise<LedgerWriter> {
  const { cluster, from } = await placeOf(kafka, topic);
  const command = commandOf(options);
  return new LedgerWriter(dataDir, { run, version, command, target: 'http', topic, cluster, from });
}
