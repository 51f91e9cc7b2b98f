// Shoppers that follow the settings in Postgres, from the moment they change. While there are faults, a ledger records them.

import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../db/listen.ts';
import type { Pool } from '../../db/pool.ts';
import { reasonOf } from '../../kafka/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import { NO_CHAOS } from '../chaos.ts';
import { PERSONAS } from '../core/personas.ts';
import type { RunOptions } from '../options.ts';
import { newRunId, type Place, runSimulation } from '../run.ts';
import type { Tally } from '../tally.ts';
import { crowdSize, faultsOf, type Settings } from './settings.ts';
import { type Run, readSimulator, reportAbsence, reportRun, SIMULATOR_CHANNEL } from './store.ts';

/** Less than half of the time without a report after which the part counts as absent (store.ts). */
const REPORT_MS = 4_000;
const RETRY_MS = 1_000;
/** Interval of the queries that probe the listening connection. */
const PROBE_EVERY_MS = 15_000;

/** Each third visit is somebody's last, so that the shop has new people, and people who come back. */
const TURNOVER = 1 / 3;

type Current = {
  readonly since: number;
  readonly tally: Tally;
  readonly ledger: string | null;
  /** Events at the report before, and its time in milliseconds since 1970. */
  before: readonly [events: number, at: number];
  rate: number;
};

export class RunningCrowd {
  readonly #pool: Pool;
  readonly #place: Place;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #changing = new AbortController();
  #settings: Settings | undefined;
  /** The settings as JSON, to notice a change. */
  #known = '';
  #current: Current | undefined;
  readonly ended: Promise<void>;

  constructor(pool: Pool, databaseUrl: string, place: Place, log: Logger, probeEveryMs = PROBE_EVERY_MS) {
    this.#pool = pool;
    this.#place = place;
    this.#log = log;
    const read = () => void this.#readSettings();
    const listener = listen(databaseUrl, SIMULATOR_CHANNEL, log, read, read, probeEveryMs);
    const reporting = setInterval(() => void this.#report(), REPORT_MS);
    this.ended = this.#follow().finally(async () => {
      clearInterval(reporting);
      await listener.close();
      await reportAbsence(pool).catch(() => {});
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#changing.abort();
    await this.ended;
  }

  /** Reads the settings, and stops the shoppers where they have changed. */
  async #readSettings(): Promise<void> {
    try {
      const { settings } = await readSimulator(this.#pool);
      const text = JSON.stringify(settings);
      if (text === this.#known) return;
      this.#known = text;
      this.#settings = settings;
      this.#changing.abort();
    } catch (error) {
      this.#log.debug(`cannot read the settings of the simulator: ${reasonOf(error)}`);
    }
  }

  /** Lets shoppers shop by the settings, until close(). */
  async #follow(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      this.#changing = new AbortController();
      const { signal } = this.#changing;
      const settings = this.#settings;
      if (settings?.running === true) await this.#shop(settings, signal);
      else {
        if (settings !== undefined) void this.#report();
        await aborted(signal);
      }
    }
  }

  /** Shops until the settings change. */
  async #shop(settings: Settings, signal: AbortSignal): Promise<void> {
    const options = optionsOf(settings, Date.now());
    const run = options.faults.length > 0 ? newRunId(Date.now()) : null;
    try {
      await runSimulation(options, this.#place, signal, {
        run,
        begun: (tally) => {
          const since = Date.now();
          this.#current = { since, tally, ledger: run, before: [0, since], rate: 0 };
          void this.#report();
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#log.warn(`the simulated shoppers can't reach the shop, and try again: ${reasonOf(error)}`);
      await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
    } finally {
      this.#current = undefined;
    }
  }

  async #report(): Promise<void> {
    if (this.#settings === undefined) return;
    await reportRun(this.#pool, this.#current === undefined ? null : runOf(this.#current, Date.now())).catch(
      (error) => this.#log.debug(`cannot report the run of the simulator: ${reasonOf(error)}`),
    );
  }
}

function optionsOf(settings: Settings, now: number): RunOptions {
  return {
    users: crowdSize(settings),
    rate: settings.rate,
    plannedRate: settings.rate,
    duration: Number.POSITIVE_INFINITY,
    // Every start has other shoppers.
    seed: now,
    personas: PERSONAS,
    target: 'http',
    faults: faultsOf(settings),
    system: [],
    visits: [],
    readers: [],
    chaos: NO_CHAOS,
    curve: 'flat',
    turnover: TURNOVER,
    clock: now,
    expect: {},
    scenario: undefined,
  };
}

function runOf(current: Current, now: number): Run {
  const { tally, before, since } = current;
  const [events, at] = before;
  if (now > at) {
    current.rate = ((tally.sends - events) * 1000) / (now - at);
    current.before = [tally.sends, now];
  }
  return {
    since: new Date(since).toISOString(),
    events: tally.sends,
    rate: Math.round(current.rate * 10) / 10,
    errors: tally.errors,
    missed: tally.missed,
    p50_ms: tally.quantile(0.5) ?? null,
    p99_ms: tally.quantile(0.99) ?? null,
    faults: Object.fromEntries(tally.faults),
    ledger: current.ledger,
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
