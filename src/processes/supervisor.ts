// Keeps parts running: a part that ends without being asked to is started again, with growing pauses, while the others
// go on. At the first start a part that fails ends the whole.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../runtime/log.ts';
import type { RunningPart } from '../runtime/running-part.ts';
import type { Part } from './parts.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A part that has lived this long is started again at once. */
const STEADY_MS = 5_000;

/** Starts a part; gives up, by rejecting, once `signal` is aborted. */
export type Start = (part: Part, signal: AbortSignal) => Promise<RunningPart>;

export class Supervisor {
  readonly #start: Start;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #kept: { readonly part: Part; running: RunningPart; watching: Promise<void> }[] = [];
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

  /** What the parts have counted, but for one of them. */
  async figures(except: Part): Promise<string> {
    const others = this.#kept.filter(({ part }) => part !== except);
    return (await Promise.all(others.map(({ running }) => running.figures?.() ?? ''))).join('');
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
    const kept = { part, running, watching: Promise.resolve() };
    this.#kept.push(kept);
    kept.watching = this.#watch(kept);
  }

  async #watch(kept: { readonly part: Part; running: RunningPart }): Promise<void> {
    let pause = 0;
    while (kept.running.ended !== undefined) {
      const since = performance.now();
      await kept.running.ended.catch((error) => this.#log.error(`${kept.part}: ${error}`));
      if (this.#stopping.signal.aborted) return;
      pause = performance.now() - since > STEADY_MS ? 0 : longer(pause);
      this.#log.warn(`${kept.part} has ended; starting it again`);
      const again = await this.#startAgain(kept.part, pause);
      if (again === undefined) return;
      kept.running = again;
    }
  }

  /** Undefined where the program stops meanwhile. */
  async #startAgain(part: Part, firstPause: number): Promise<RunningPart | undefined> {
    const { signal } = this.#stopping;
    for (let pause = firstPause; !signal.aborted; pause = longer(pause)) {
      await sleep(pause, undefined, { signal }).catch(() => {});
      if (signal.aborted) return undefined;
      try {
        const running = await this.#start(part, signal);
        if (!signal.aborted) return running;
        await running.close();
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#log.error(`${part} does not start: ${error instanceof Error ? error.message : error}`);
      }
    }
    return undefined;
  }
}

const longer = (pause: number) => Math.min(Math.max(pause * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
