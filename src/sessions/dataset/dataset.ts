// The sessions of loaded files for the web part: counted in the background where the figures are outdated. Questions that read
// every loaded event run one at a time.

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

  /** True while the figures of the loaded files are being made. */
  async isCounting(): Promise<boolean> {
    if (await isCounted(this.pool)) return false;
    this.#counting ??= countDatasetSessions(this.pool)
      .catch((error) => this.#log.warn({ err: error }, 'the sessions of the loaded files were not counted'))
      .finally(() => {
        this.#counting = undefined;
      });
    return true;
  }

  /** Runs `work`, which reads all loaded events, after earlier calls. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }
}
