// Why a definition does not run, kept in the database for whoever looks at it.

import { levelOf } from '../../db/errors.ts';
import type { Pool } from '../../db/pool.ts';
import type { Logger } from '../../runtime/log.ts';
import { noteFailure } from '../store/definitions.ts';

/** Writes are made one after another, so that the last one said is the one that stays. */
export class FailureNote {
  readonly #pool: Pool;
  readonly #name: string;
  readonly #log: Logger;
  /** null: nothing is known to be written. */
  #written: string | undefined | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(pool: Pool, name: string, log: Logger) {
    this.#pool = pool;
    this.#name = name;
    this.#log = log;
  }

  /** @param reason undefined: it runs */
  note(reason: string | undefined): void {
    this.#writing = this.#writing.then(() => this.#write(reason));
  }

  /** All that was noted is written, or could not be. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #write(reason: string | undefined): Promise<void> {
    if (reason === this.#written) return;
    try {
      await noteFailure(this.#pool, this.#name, reason);
      this.#written = reason;
    } catch (error) {
      this.#written = null;
      this.#log[levelOf(error)]({ err: error }, 'could not note a failure');
    }
  }
}
