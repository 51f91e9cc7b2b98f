// The sessions of loaded files for the web: counted behind everybody's back where that is not done, and looked into by one at a
// time, as that reads every loaded event.

import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../runtime/log.ts';
import { countDatasetSessions, isCounted } from './count.ts';

export class Dataset {
  readonly pool: Pool;
  readonly #log: Logger;
  #counting: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool, log: Logger) {
    this.pool = pool;
    this.#log = log;
  }

  /** Whether the figures are still being made of what is loaded. */
  async isCounting(): Promise<boolean> {
    if (await isCounted(this.pool)) return false;
    this.#counting ??= countDatasetSessions(this.pool)
      .catch((error) => this.#log.warn({ err: error }, 'the sessions of the loaded files were not counted'))
      .finally(() => {
        this.#counting = undefined;
      });
    return true;
  }

  /** Does what reads all loaded events, after whoever asked before. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
