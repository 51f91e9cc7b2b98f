// One run of a lesson: its scenario played on the real pipe, and what is noted meanwhile for its question.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../kafka/errors.ts';
import type { Ledger } from '../pipeline/ledger.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import { optionsOf } from '../simulator/options.ts';
import { playScenario } from '../simulator/play.ts';
import { Readers } from '../simulator/readers.ts';
import type { Lesson } from './lesson.ts';
import type { LessonPlace } from './place.ts';
import { beginRun, keepRun, type NotedRun } from './run-store.ts';
import { drawSeed } from './seed.ts';

const LOOK_MS = 500;
/** How long a lesson's readers stay in their group after its end: its question is about them. */
const KEPT_MS = 10 * 60_000;

export class LessonRun implements NotedRun {
  readonly lesson: Lesson;
  readonly #id = randomUUID();
  readonly began = Date.now();
  /** Who made the last of its visits; empty where it has none. */
  visitor = '';
  readonly readers: Readers;
  readonly #place: LessonPlace;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  ledger: Ledger | null = null;
  ends: [partition: number, end: number][] = [];
  lagPeak = 0;
  outboxPeak = 0;
  turnedAwayBefore = 0;
  turnedAway = 0;
  readonly visits: { orderId: string; time: string }[] = [];
  over = false;
  /** Whether another process has begun another run. */
  replaced = false;
  failure: string | undefined;

  constructor(lesson: Lesson, place: LessonPlace) {
    this.lesson = lesson;
    this.#place = place;
    this.readers = new Readers(place.shoppers.kafka, place.shoppers.topic);
    this.#done = this.#run();
  }

  get group(): string {
    return this.readers.group;
  }

  /** Ends the run where it still goes on, and has its readers leave. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    await this.readers.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const watching = new AbortController();
    try {
      const { ledger, kafka, outbox } = await this.#place.board.look();
      if (ledger === null) throw new Error('Kafka or Postgres does not answer');
      this.ledger = ledger;
      this.turnedAwayBefore = outbox.turned_away;
      this.ends = kafka.partitions.map(({ partition, end }) => [partition, end]);
      await beginRun(this.#place.pool, this.#id, this.lesson.name, this);
      const watched = this.#watch(watching.signal);
      await this.#play(signal);
      await this.#settle(signal);
      watching.abort();
      await watched;
    } catch (error) {
      this.failure = signal.aborted ? 'it was ended before its time' : reasonOf(error);
    } finally {
      watching.abort();
      this.over = true;
      await this.#keep();
      setTimeout(() => void this.readers.close(), KEPT_MS).unref();
    }
  }

  /** Plays the scenario, each time with other shoppers. @throws {Error} naming the steps that could not be done */
  async #play(signal: AbortSignal): Promise<void> {
    const { shoppers, actions } = this.#place;
    const options = optionsOf({ seed: drawSeed() }, this.lesson.scenario, Date.now());
    // A step that can't be done at all ends the run: there would be nothing to see.
    const undone = new AbortController();
    const { notDone } = await playScenario(options, shoppers, AbortSignal.any([signal, undone.signal]), {
      run: null,
      readers: this.readers,
      act: (fault) =>
        actions.act(fault).catch((error) => {
          if (!(error instanceof ExpectationError)) undone.abort(error);
          throw error;
        }),
      visited: ({ user_id, order_id, time }) => {
        this.visitor = user_id;
        this.visits.push({ orderId: order_id, time });
      },
    });
    signal.throwIfAborted();
    undone.signal.throwIfAborted();
    if (notDone.length > 0) throw new Error(notDone.join('; '));
  }

  /** Notes the peaks of lag and outbox, until the signal is aborted. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { ledger, outbox } = await this.#place.board.look();
      this.lagPeak = Math.max(this.lagPeak, ledger?.on_the_way ?? 0);
      this.outboxPeak = Math.max(this.outboxPeak, outbox.waiting);
      this.turnedAway = Math.max(this.turnedAway, outbox.turned_away - this.turnedAwayBefore);
      await this.#keep();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Writes what is noted by now to Postgres, where it outlives this process. */
  async #keep(): Promise<void> {
    const { pool, shoppers } = this.#place;
    try {
      this.replaced = !(await keepRun(pool, this.#id, this));
      if (this.replaced) this.#stop.abort();
    } catch (error) {
      // A lesson may cut the connection to Postgres: the next look writes it.
      shoppers.log.debug(`the run of a lesson was not kept: ${reasonOf(error)}`);
    }
  }

  /** Until ingest has stored what the topic had once the outbox was empty; a shop with visitors is never without later events. */
  async #settle(signal: AbortSignal): Promise<void> {
    let ends: ReadonlyMap<number, number> | undefined;
    for (;;) {
      const { outbox, kafka, postgres } = await this.#place.board.look();
      if (kafka.problem === null && postgres.problem === null) {
        if (outbox.waiting === 0)
          ends ??= new Map(kafka.partitions.map(({ partition, end }) => [partition, end]));
        if (
          ends !== undefined &&
          kafka.partitions.every((one) => one.next >= (ends?.get(one.partition) ?? 0))
        )
          return;
      }
      await sleep(LOOK_MS, undefined, { signal });
    }
  }
}
