// A replay, from the records to the report.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ShopEvent } from '../../events/event.ts';
import { ExpectationError } from '../../runtime/expectation-error.ts';
import { Injector, type Send } from '../core/inject.ts';
import { describeRun } from '../report.ts';
import { newRunId, type Place, sendAll } from '../run.ts';
import { Tally } from '../tally.ts';
import type { ReplayOptions } from './options.ts';
import type { Pause } from './pause.ts';
import { type ReplayPlan, replaySends } from './sends.ts';
import { writeRange } from './topic.ts';

const SHOWN_REASONS = 3;

/** Counts skipped rows, and of the first reasons how many each has. */
class Skipped {
  readonly #reasons = new Map<string, number>();
  count = 0;

  add(reason: string): void {
    this.count += 1;
    if (this.#reasons.size < SHOWN_REASONS || this.#reasons.has(reason))
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  /** A summary in one line; undefined where none was skipped. */
  get failure(): string | undefined {
    if (this.count === 0) return undefined;
    const reasons = [...this.#reasons].map(([reason, count]) => `${count} times: ${reason}`);
    return `${this.count} rows are not events: ${reasons.join('; ')}`;
  }
}

/** A plan with its skipped rows. */
export type PlanWithSkipped = ReplayPlan & { readonly skippedRows: Skipped };

/**
 * Calls `work` with the plan of the file, or of the topic's range, which is in a temporary file meanwhile.
 * @throws {ExpectationError} where the range is empty
 */
export async function withRecords<T>(
  options: ReplayOptions,
  { kafka, topic }: Place,
  work: (plan: PlanWithSkipped) => Promise<T>,
): Promise<T> {
  const skippedRows = new Skipped();
  const { mapping, pace, loop, seed, startMs, faults } = options;
  const injector = faults.length === 0 ? undefined : new Injector(seed, startMs, faults);
  const common = { mapping, pace, loop, seed, startMs, injector, now: Date.now, skippedRows };
  const skipped = (reason: string) => skippedRows.add(reason);
  if (options.file !== undefined) return work({ ...common, file: options.file, isTopic: false, skipped });
  const folder = await mkdtemp(path.join(tmpdir(), 'shopstream-range-'));
  try {
    const file = path.join(folder, 'range.ndjson');
    if ((await writeRange(kafka, topic, options.range, file)) === 0)
      throw new ExpectationError(`the topic ${topic} has no record in that range`);
    return await work({ ...common, file, isTopic: true, skipped });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Sends a plan to Kafka. @returns its report */
export async function sendReplay(
  plan: PlanWithSkipped,
  { command, faults }: ReplayOptions,
  place: Place,
  pause: Pause,
  signal: AbortSignal,
  begun: (tally: Tally) => void,
): Promise<ReturnType<typeof describeRun>> {
  const tally = new Tally();
  const began = Date.now();
  const run = newRunId(began);
  const timed = {
    rate: Number.POSITIVE_INFINITY,
    paced: Number.isFinite(plan.pace.speed),
    offset: () => began - plan.startMs + pause.total,
    isHeld: () => pause.isOn,
    finish: mover(pause),
  };
  const endFaults = place.recorder?.follow(faults, began);
  const sending = { run, command, tally, signal, begun: () => begun(tally) };
  const file = await sendAll(replaySends(plan), timed, place, sending).finally(endFaults);
  const result = { run, file, tally, took: Date.now() - began };
  const { lines, failures } = describeRun({ expect: {}, target: 'kafka', personas: [] }, result, command);
  const { failure } = plan.skippedRows;
  return { lines, failures: failure === undefined ? failures : [...failures, failure] };
}

/** Shifts send and event times by the pauses so far. Both sends of a repeated event have one event time, so that it stays one event. */
function mover(pause: Pause): (send: Send) => Send {
  const known = new WeakMap<ShopEvent, ShopEvent>();
  return (send) => {
    const byMs = pause.total;
    const event = known.get(send.event) ?? movedEvent(send.event, byMs);
    known.set(send.event, event);
    return byMs === 0 ? send : { ...send, at: send.at + byMs, event };
  };
}

function movedEvent(event: ShopEvent, byMs: number): ShopEvent {
  if (byMs === 0) return event;
  const later = (time: string) => new Date(Date.parse(time) + byMs).toISOString();
  const { received_at } = event.context ?? {};
  const context =
    received_at === undefined ? event.context : { ...event.context, received_at: later(received_at) };
  return { ...event, time: later(event.time), ...(context === undefined ? {} : { context }) };
}
