// Records the periods of faults for the charts. While Postgres is away nothing is recorded; the run does not depend on it.

import type { Pool } from '../../db/pool.ts';
import { reasonOf } from '../../kafka/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Fault } from '../core/faults.ts';
import { beginPeriod, dropPeriod, endPeriods, extendPeriods, type NewPeriod } from './store.ts';

const LOOK_MS = 500;
/** Lease of a period, after which it ends where its process was killed; extended at half the time. */
const LEASE_MS = 10_000;

/** Undefined where the period was not recorded. */
export type PeriodId = string | undefined;

export class FaultRecorder {
  readonly #pool: Pool;
  readonly #log: Logger;

  constructor(pool: Pool, log: Logger) {
    this.#pool = pool;
    this.#log = log;
  }

  /**
   * Records the faults of a run, each from its beginning to its end.
   * @param start of the run, milliseconds since 1970
   * @returns a function that ends all of them
   */
  follow(faults: readonly Fault[], start: number): () => Promise<void> {
    if (faults.length === 0) return async () => {};
    const running = new Map<Fault, string>();
    let extendedAt = start;
    let last: Promise<void> = Promise.resolve();
    const look = async (now: number) => {
      const active = (fault: Fault) => now - start >= fault.from && now - start < fault.until;
      const over = [...running].filter(([fault]) => !active(fault));
      for (const [fault] of over) running.delete(fault);
      await this.end(over.map(([, id]) => id));
      for (const fault of faults.filter((one) => active(one) && !running.has(one))) {
        const began = new Date(start + fault.from);
        const id = await this.begin({ ...sourceOf(fault), began, ends: leaseFrom(now) });
        if (id !== undefined) running.set(fault, id);
      }
      if (now - extendedAt < LEASE_MS / 2 || running.size === 0) return;
      extendedAt = now;
      await this.#try(() => extendPeriods(this.#pool, [...running.values()], leaseFrom(now)));
    };
    const lookNext = () => {
      last = last.then(() => look(Date.now()));
    };
    lookNext();
    const clock = setInterval(lookNext, LOOK_MS);
    return async () => {
      clearInterval(clock);
      await last;
      await this.end([...running.values()]);
    };
  }

  begin(period: NewPeriod): Promise<PeriodId> {
    return this.#try(() => beginPeriod(this.#pool, period));
  }

  /** Ends those of these periods that still run. */
  async end(ids: readonly PeriodId[]): Promise<void> {
    const written = ids.flatMap((id) => id ?? []);
    if (written.length > 0) await this.#try(() => endPeriods(this.#pool, written, new Date()));
  }

  /** Deletes the period of a fault that did not take place. */
  async drop(id: PeriodId): Promise<void> {
    if (id !== undefined) await this.#try(() => dropPeriod(this.#pool, id));
  }

  async #try<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (error) {
      this.#log.debug(`cannot record the period of a fault: ${reasonOf(error)}`);
      return undefined;
    }
  }
}

const sourceOf = ({ fault, share }: Fault) => ({ source: 'simulator', fault, share }) as const;
const leaseFrom = (now: number) => new Date(now + LEASE_MS);
