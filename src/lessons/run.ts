// One run of a lesson: its timeline on the real pipe, and what is noted meanwhile for its question.

import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../events/ids.ts';
import { createProducer } from '../kafka/client.ts';
import { reasonOf } from '../kafka/errors.ts';
import type { Ledger } from '../pipeline/ledger.ts';
import { ExpectationError } from '../runtime/expectation-error.ts';
import type { Fault, FaultName } from '../simulator/core/faults.ts';
import { readOptions } from '../simulator/options.ts';
import { runSimulation } from '../simulator/run.ts';
import type { Lesson, Step } from './lesson.ts';
import type { LessonPlace } from './place.ts';
import { Readers } from './readers.ts';
import { beginRun, keepRun, type NotedRun } from './run-store.ts';
import { visitsBefore } from './visits.ts';

const LOOK_MS = 500;
/** For which the readers of a lesson stay after its end, and the answer can be given. */
const KEPT_MS = 10 * 60_000;
/** Messages that are no event, each in another way. */
const POISON = ['no event', '{}', '{"title":"banner_click"}', '', '[1,2,3]'] as const;

export class LessonRun implements NotedRun {
  readonly lesson: Lesson;
  readonly #id = randomUUID();
  readonly began = Date.now();
  readonly visitor = newId();
  readonly readers: Readers;
  readonly #place: LessonPlace;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  ledger: Ledger | null = null;
  ends: [partition: number, end: number][] = [];
  lagPeak = 0;
  outboxPeak = 0;
  visits: { orderId: string; time: string }[] = [];
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

  /** Ends it early, and whatever is left of it. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
    await this.readers.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const watching = new AbortController();
    try {
      const { ledger, kafka } = await this.#place.board.look();
      if (ledger === null) throw new Error('Kafka or Postgres does not answer');
      this.ledger = ledger;
      this.ends = kafka.partitions.map(({ partition, end }) => [partition, end]);
      await beginRun(this.#place.pool, this.#id, this.lesson.name, this);
      const watched = this.#watch(watching.signal);
      const steps = this.lesson.timeline.map((step) => this.#at(step, signal));
      await Promise.all([sleep(this.lesson.lasts, undefined, { signal }), ...steps]);
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

  /** Notes how far behind the pipe has been. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { ledger, outbox } = await this.#place.board.look();
      this.lagPeak = Math.max(this.lagPeak, ledger?.on_the_way ?? 0);
      this.outboxPeak = Math.max(this.outboxPeak, outbox.waiting);
      await this.#keep();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** What is noted by now outlives this process. */
  async #keep(): Promise<void> {
    const { pool, shoppers } = this.#place;
    try {
      this.replaced = !(await keepRun(pool, this.#id, this));
      if (this.replaced) this.#stop.abort();
    } catch (error) {
      // Lessons take Postgres away, too: the next look keeps it.
      shoppers.log.debug(`the run of a lesson was not kept: ${reasonOf(error)}`);
    }
  }

  /** Until the outbox is empty and ingest has caught up. */
  async #settle(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { ledger, outbox, kafka, postgres } = await this.#place.board.look();
      const isThere = kafka.problem === null && postgres.problem === null;
      if (isThere && outbox.waiting === 0 && (ledger?.on_the_way ?? 1) <= 3) return;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }

  async #at(step: Step, signal: AbortSignal): Promise<void> {
    await sleep(step.at, undefined, { signal });
    // A part that is being started can be neither killed nor paused: it is as soon as it is there.
    for (;;) {
      try {
        return await this.#do(step, signal);
      } catch (error) {
        if (!(error instanceof ExpectationError)) throw error;
      }
      await sleep(LOOK_MS, undefined, { signal });
    }
  }

  async #do(step: Step, signal: AbortSignal): Promise<void> {
    const { actions } = this.#place;
    if (step.do === 'shop') await this.#shop(step, signal);
    else if (step.do === 'kill') await actions.act({ do: 'kill', part: step.part });
    else if (step.do === 'pause')
      await actions.act({ do: 'pause', part: step.part, seconds: Math.round(step.for / 1000) });
    else if (step.do === 'fault') {
      const { target, kind, ms } = step;
      await actions.act({ do: 'fault', target, kind, ms, seconds: Math.round(step.for / 1000) });
    } else if (step.do === 'poison') await this.#poison(numberIn(step.between));
    else if (step.do === 'visits') await this.#visit(numberIn(step.between));
    else await this.readers.grow(step.number);
  }

  async #shop(step: Extract<Step, { do: 'shop' }>, signal: AbortSignal): Promise<void> {
    const { shoppers } = this.#place;
    const faults: Fault[] = Object.entries(step.faults).map(([fault, share]) => ({
      fault: fault as FaultName,
      share,
      from: 0,
      until: Number.POSITIVE_INFINITY,
    }));
    const given = {
      rate: String(step.rate),
      users: Math.ceil(step.rate * 4),
      duration: `${step.for}ms`,
      seed: randomInt(1e9),
    };
    const options = { ...readOptions(given, undefined, Date.now()), faults };
    await runSimulation(options, shoppers, signal, { run: null });
  }

  /** Straight into the topic, as a program with a fault would. */
  async #poison(number: number): Promise<void> {
    const { kafka, topic } = this.#place.shoppers;
    const producer = createProducer(kafka);
    try {
      await producer.connect();
      const messages = Array.from({ length: number }, (_, n) => ({ value: POISON[n % POISON.length] ?? '' }));
      await producer.send({ topic, messages });
    } finally {
      await producer.disconnect();
    }
  }

  async #visit(number: number): Promise<void> {
    const events = visitsBefore(Date.now(), this.visitor, number);
    await this.#place.tracking.publishAll(events);
    this.visits = events.map(({ order_id, time }) => ({ orderId: order_id, time }));
  }
}

const numberIn = ([least, most]: readonly [number, number]): number => randomInt(least, most + 1);
