// Quiz mode: something is broken at a moment of chance, the pages don't say what; whoever watches says what it is and since when.

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpError } from '../http/errors.ts';
import { reasonOf } from '../kafka/errors.ts';
import type { ActionRequest } from '../pipeline/actions.ts';
import type { FaultName } from '../simulator/core/faults.ts';
import { readOptions } from '../simulator/options.ts';
import { runSimulation } from '../simulator/run.ts';
import type { LessonPlace } from './place.ts';
import { drawSeed } from './seed.ts';

const FAULT_SECONDS = 25;
const EARLIEST_MS = 6_000;
const LATEST_MS = 25_000;
const RATE = 8;
/** How near the named moment has to be for its point. */
const NEAR_MS = 6_000;

type Broken = { readonly words: string } & (
  | { readonly act: ActionRequest }
  | { readonly fault: FaultName; readonly share: number }
);

/** What may be wrong, by name. */
export const BROKEN = {
  'kill-ingest': { words: 'ingest was killed', act: { do: 'kill', part: 'ingest' } },
  'pause-ingest': { words: 'ingest stands still', act: { do: 'pause', part: 'ingest', seconds: 15 } },
  'pause-broker': { words: 'the broker stands still', act: { do: 'pause', part: 'broker', seconds: 12 } },
  'slow-kafka': {
    words: 'Kafka answers late',
    act: { do: 'fault', target: 'kafka', kind: 'slow', ms: 1_500, seconds: FAULT_SECONDS },
  },
  'cut-postgres': {
    words: 'connections to Postgres are cut',
    act: { do: 'fault', target: 'postgres', kind: 'cut', ms: 400, seconds: FAULT_SECONDS },
  },
  'full-outbox': {
    words: 'the outbox has no room',
    act: { do: 'fault', target: 'outbox', kind: 'full', seconds: FAULT_SECONDS },
  },
  duplicates: { words: 'events are sent twice', fault: 'duplicate', share: 0.6 },
  malformed: { words: 'messages come that are no events', fault: 'malformed', share: 0.4 },
} as const satisfies Readonly<Record<string, Broken>>;
export type BrokenName = keyof typeof BROKEN;
export const BROKEN_NAMES = Object.keys(BROKEN) as readonly BrokenName[];

type Round = {
  readonly broken: BrokenName;
  readonly stop: AbortController;
  /** Milliseconds since the epoch; undefined until it has begun. */
  since: number | undefined;
  failure: string | undefined;
  done: Promise<void>;
};

export type QuizState = 'idle' | 'running';
export type Reveal = {
  readonly broken: BrokenName;
  readonly since: number | null;
  readonly what_right: boolean;
  readonly when_right: boolean;
  readonly points: number;
};

export class Quiz {
  readonly #place: LessonPlace;
  readonly #wait: () => number;
  #round: Round | undefined;

  /** @param wait milliseconds until something breaks */
  constructor(place: LessonPlace, wait = () => randomInt(EARLIEST_MS, LATEST_MS)) {
    this.#place = place;
    this.#wait = wait;
  }

  get state(): QuizState {
    return this.#round === undefined ? 'idle' : 'running';
  }

  /** Why the round could not be played; undefined where it can. */
  get failure(): string | undefined {
    return this.#round?.failure;
  }

  /** Begins a round, in the place of one that nobody has finished. @param broken which; left to chance where absent */
  async start(broken = BROKEN_NAMES[randomInt(BROKEN_NAMES.length)] as BrokenName): Promise<void> {
    await this.close();
    const round: Round = {
      broken,
      stop: new AbortController(),
      since: undefined,
      failure: undefined,
      done: Promise.resolve(),
    };
    this.#round = round;
    this.#place.actions.hideFaults(true);
    round.done = this.#play(round).catch((error) => {
      if (!round.stop.signal.aborted) round.failure = reasonOf(error);
    });
  }

  /**
   * Ends the round: two points for what it is, one for since when.
   * @param secondsAgo when it began, as who watches believes
   * @throws {HttpError} 409 where no round runs
   */
  async guess(what: BrokenName, secondsAgo: number): Promise<Reveal> {
    const now = Date.now();
    const round = this.#round;
    if (round === undefined)
      throw new HttpError(409, 'no_round', 'no round of the quiz runs', {
        received: what,
        expected: 'a start first',
      });
    const { broken, since } = round;
    await this.close();
    const whatRight = since !== undefined && what === broken;
    const whenRight = since !== undefined && Math.abs(now - secondsAgo * 1000 - since) <= NEAR_MS;
    return {
      broken,
      since: since ?? null,
      what_right: whatRight,
      when_right: whenRight,
      points: (whatRight ? 2 : 0) + (whenRight ? 1 : 0),
    };
  }

  /** Ends what runs, and heals what it has broken. */
  async close(): Promise<void> {
    const round = this.#round;
    if (round === undefined) return;
    this.#round = undefined;
    round.stop.abort();
    await round.done;
    await this.#place.actions.act({ do: 'heal' }).catch(() => {});
    this.#place.actions.hideFaults(false);
  }

  async #play(round: Round): Promise<void> {
    const { signal } = round.stop;
    const broken: Broken = BROKEN[round.broken];
    const wait = this.#wait();
    const shopping = this.#shop(signal, wait, broken);
    // Shoppers that can't shop end the round at once.
    await Promise.race([sleep(wait, undefined, { signal }), shopping]);
    round.since = Date.now();
    if ('act' in broken) await this.#place.actions.act(broken.act);
    await shopping;
  }

  async #shop(signal: AbortSignal, wait: number, broken: Broken): Promise<void> {
    const given = {
      rate: String(RATE),
      users: RATE * 4,
      duration: `${wait + FAULT_SECONDS * 2_000}ms`,
      seed: drawSeed(),
    };
    const options = readOptions(given, undefined, Date.now());
    const faults = 'fault' in broken ? [{ ...broken, from: wait, until: Number.POSITIVE_INFINITY }] : [];
    // Without a recorder: its marks on the charts would tell what is broken.
    const place = { ...this.#place.shoppers, recorder: undefined };
    await runSimulation({ ...options, faults }, place, signal, { run: null });
  }
}
