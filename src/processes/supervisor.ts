// Restarts parts that end unexpectedly, with growing pauses, while the others go on. A part that fails at its first start ends the
// program.

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Part } from '../runtime/part-names.ts';
import { QUICK_ENDS, type RunningPart } from '../runtime/running-part.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A part that has lived this long is started again at once. */
const STEADY_MS = 5_000;

/** `quickEnds`: how often in a row it ended before it had lived for STEADY_MS, or did not start. */
type Supervised = {
  readonly part: Part;
  running: RunningPart;
  watching: Promise<void>;
  quickEnds: number;
  /** performance.now() of its last start. */
  since: number;
  /** The same in milliseconds since the epoch; undefined while it starts again. */
  startedAt: number | undefined;
  ends: number;
  lastEnd: string | undefined;
};

/** A supervised part as it is now. */
export type SupervisedPart = {
  readonly part: Part;
  readonly pid: number | undefined;
  readonly startedAt: number | undefined;
  readonly ends: number;
  readonly lastEnd: string | undefined;
  /** Settles when its process of this moment ends. */
  readonly ended: Promise<unknown>;
};

/** Starts a part; gives up, by rejecting, once `signal` is aborted. */
export type Start = (part: Part, signal: AbortSignal) => Promise<RunningPart>;

export class Supervisor {
  readonly #start: Start;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #kept: Supervised[] = [];
  readonly #starting = new Set<Promise<void>>();

  constructor(start: Start, log: Logger) {
    this.#start = start;
    this.#log = log;
  }

  /**
   * Starts a part and keeps it running.
   * @throws what the part throws at its first start
   */
  async keep(part: Part): Promise<void> {
    const starting = this.#keep(part);
    this.#starting.add(starting);
    try {
      await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** All parts, in the order of their start. */
  look(): readonly SupervisedPart[] {
    return this.#kept.map(({ part, running, startedAt, ends, lastEnd }) => ({
      part,
      pid: startedAt === undefined ? undefined : running.pid,
      startedAt,
      ends,
      lastEnd,
      ended: (running.ended ?? Promise.resolve()).catch(() => {}),
    }));
  }

  /** What the parts have counted, but for one of them, and how often each ended quickly. */
  async metrics(except: Part): Promise<string> {
    const others = this.#kept.filter(({ part }) => part !== except);
    const counted = await Promise.all(others.map(({ running }) => running.metrics?.() ?? ''));
    return [quickEndsMetric(this.#kept), ...counted].join('');
  }

  /** Stops the parts, the last one first; those that are still starting, too. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.allSettled(this.#starting);
    for (const kept of this.#kept.toReversed()) {
      await kept.running
        .close()
        .catch((error) => this.#log.error({ err: error }, `${kept.part} did not stop well`));
      await kept.watching;
      this.#log.debug(`${kept.part} has stopped`);
    }
  }

  async #keep(part: Part): Promise<void> {
    this.#stopping.signal.throwIfAborted();
    const running = await this.#start(part, this.#stopping.signal);
    const kept: Supervised = {
      part,
      running,
      watching: Promise.resolve(),
      quickEnds: 0,
      since: performance.now(),
      startedAt: Date.now(),
      ends: 0,
      lastEnd: undefined,
    };
    this.#kept.push(kept);
    kept.watching = this.#watch(kept);
  }

  async #watch(kept: Supervised): Promise<void> {
    const { signal } = this.#stopping;
    while (kept.running.ended !== undefined) {
      const cause: unknown = await kept.running.ended.then(
        () => undefined,
        (error) => error,
      );
      if (signal.aborted) return;
      kept.quickEnds = hasSettled(kept) ? 0 : kept.quickEnds + 1;
      kept.startedAt = undefined;
      kept.ends += 1;
      kept.lastEnd = messageOf(cause);
      this.#log.error(`${kept.part} has ended: ${messageOf(cause)}; starting it again`);
      const again = await this.#startAgain(kept);
      if (again === undefined) return;
      kept.running = again;
      kept.since = performance.now();
      kept.startedAt = Date.now();
    }
  }

  /** Undefined where the program stops meanwhile. */
  async #startAgain(kept: Supervised): Promise<RunningPart | undefined> {
    const { signal } = this.#stopping;
    for (; !signal.aborted; kept.quickEnds += 1) {
      await sleep(pauseAfter(kept.quickEnds), undefined, { signal }).catch(() => {});
      if (signal.aborted) return undefined;
      try {
        const running = await this.#start(kept.part, signal);
        if (!signal.aborted) return running;
        await running.close();
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#log.error(`${kept.part} does not start: ${causeOf(error)}`);
      }
    }
    return undefined;
  }
}

const hasSettled = ({ since }: Supervised) => performance.now() - since > STEADY_MS;
const pauseAfter = (quickEnds: number) =>
  quickEnds === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (quickEnds - 1), LONGEST_PAUSE_MS);

const causeOf = (error: unknown): string => (error === undefined ? 'it gave no cause' : messageOf(error));

/** A part that has lived for STEADY_MS counts none, whatever was before. */
function quickEndsMetric(kept: readonly Supervised[]): string {
  const lines = kept.map(
    (one) => `${QUICK_ENDS}{part="${one.part}"} ${hasSettled(one) ? 0 : one.quickEnds}\n`,
  );
  return [
    `# HELP ${QUICK_ENDS} Ends in a row of a part that had just been started\n`,
    `# TYPE ${QUICK_ENDS} gauge\n`,
    ...lines,
  ].join('');
}
